/** Hand: a drag moves the picture. The pointer input does that itself for a tool that pans. */

import { Tool } from "./tool.mjs";

export class PanTool extends Tool {
    pans = true;
}
