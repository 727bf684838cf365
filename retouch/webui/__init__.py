"""The only importer of `modules`, the WebUI's own package."""
