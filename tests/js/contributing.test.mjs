/** The tool that CONTRIBUTING.md shows runs as it stands. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { newDocument } from "../../javascript/retouch/document/document.mjs";

const ROOT = new URL("../../", import.meta.url);
const TOOLS = new URL("javascript/retouch/tools/", ROOT);
const [, CODE] = /`javascript\/retouch\/tools\/rectangle\.mjs`:\n\n```javascript\n([\s\S]*?)```/.exec(
    readFileSync(new URL("CONTRIBUTING.md", ROOT), "utf8"),
);

test("the tool of the tutorial masks the dragged box in one step", async () => {
    // its two sentences are not in ui/text.mjs
    const code = CODE.replace(/text\("[^"]*"\)/g, '"Rectangle"').replace(/"(\.\.?\/[^"]*)"/g, (_, path) =>
        JSON.stringify(new URL(path, TOOLS).href),
    );
    const { RectangleTool } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
    const steps = [];
    const store = { doc: newDocument(), do: (label, doc) => steps.push({ label, doc }) };
    const tool = new RectangleTool({ store });
    tool.down({ x: 30, y: 10 });
    tool.up({ x: 5, y: 25 });
    assert.deepEqual(steps.map(({ label }) => label), ["Rectangle"]);
    assert.deepEqual({ ...steps[0].doc.objects[0].mask.box }, { left: 5, top: 10, right: 30, bottom: 25 });
});
