/** Colours as the page writes them: #rgb, #rrggbb. */

/** @returns {number[]} [r, g, b] */
export function parseColour(text) {
    const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text)?.[1];
    if (!hex) {
        throw new Error(`"${text}" is not a colour: write it as #rrggbb.`);
    }
    const long = hex.length === 3 ? Array.from(hex, (digit) => digit + digit).join("") : hex;
    return [0, 2, 4].map((at) => parseInt(long.slice(at, at + 2), 16));
}

const THEMES = Object.freeze({
    dark: Object.freeze({
        ground: "#1d1f23",
        checks: ["#5a5d63", "#45484d"],
        accent: "#4aa3ff",
        positive: "#2fbf71",
        negative: "#f0503c",
        warning: "#ffb020",
        halo: "#101114",
        ink: "#ffffff",
    }),
    light: Object.freeze({
        ground: "#d6d8dc",
        checks: ["#ffffff", "#cfd1d5"],
        accent: "#1769d2",
        positive: "#12824a",
        negative: "#c62f1d",
        warning: "#b36b00",
        halo: "#ffffff",
        ink: "#14161a",
    }),
});

/** @param {"dark" | "light" | Partial<typeof THEMES.dark>} theme a theme's name, or what differs from the dark one */
export function themeOf(theme) {
    return THEMES[theme] ?? { ...THEMES.dark, ...theme };
}
