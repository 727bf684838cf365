"""Nodes for ComfyUI: detect, fix, outpaint, composite. ComfyUI's own sampler paints."""
