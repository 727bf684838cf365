/** Calls put off until nothing has happened for a while. */

/** Call `work` once, `wait` ms after the last call. `.cancel()` forgets it, `.now()` does it at once. */
export function debounced(work, wait) {
    let timer = 0;
    const later = (...given) => {
        clearTimeout(timer);
        timer = setTimeout(() => work(...given), wait);
    };
    later.cancel = () => clearTimeout(timer);
    later.now = (...given) => {
        clearTimeout(timer);
        return work(...given);
    };
    return later;
}
