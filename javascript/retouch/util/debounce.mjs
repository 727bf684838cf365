/** Debounced calls. */

/** Call `work` once, `wait` ms after the last call. `.cancel()` forgets it, `.now()` does it at once. */
export function debounce(work, wait) {
    let timer = 0;
    const later = (...args) => {
        clearTimeout(timer);
        timer = setTimeout(() => work(...args), wait);
    };
    later.cancel = () => clearTimeout(timer);
    later.now = (...args) => {
        clearTimeout(timer);
        return work(...args);
    };
    return later;
}
