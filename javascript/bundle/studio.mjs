/*! Made by `python3 dev.py bundle` from sources with SHA-256 66b2de837bcee8b4a6fe9510031ef0307d0e6a112a7f12c480d06c98a517e118. Do not edit. */
// javascript/retouch/ui/text.mjs
var LANGUAGE = "en";
var TEXT = Object.freeze({
  // ---- the four modules of the root
  "send.unmasked": "Nothing is masked: mask something first, or send the picture alone.",
  "send.toRetouch": "Send the picture to Retouch",
  "send.inpaint": "img2img › Inpaint upload",
  "send.pictureAndMask": "picture and mask",
  "send.extras": "Extras",
  "send.picture": "picture",
  "send.noPlace": 'This WebUI has no "{id}" to send to.',
  "send.notTaken": "The WebUI's page did not take the picture.",
  "send.img2img": "img2img",
  "objects.new": "New object",
  "objects.delete": "Delete object",
  "objects.union.label": "Union of the ticked objects",
  "objects.subtract.label": "Subtract the other ticked objects from the selected one",
  "objects.intersect.label": "Intersect the ticked objects",
  "objects.title": "Objects",
  "objects.empty": "Click on something in the picture, or paint over it.",
  "objects.export": "Export the mask as PNG",
  "objects.new.label": "New empty object",
  "objects.wipe.label": "Delete the colour sketch",
  "objects.wipe": "Delete the sketch",
  "objects.sketch": "Colour sketch",
  "objects.union": "Union",
  "objects.subtract": "Subtract",
  "objects.intersect": "Intersect",
  "edge.invert": "Invert",
  "edge.snap": "Snap to edges",
  "edge.grow": "Grow / shrink",
  "edge.feather": "Feather",
  "edge.smooth": "Smooth",
  "edge.islands": "Drop islands",
  "edge.holes": "Fill holes",
  "edge.reset": "Reset",
  "edge.snap.tip": "Move the outline to the picture's own edges: hair, fences",
  "edge.label": "Edge of the mask",
  "edge.done": "Shape the mask",
  "find.nothing": 'Nothing in the picture looks like "{words}".',
  "find.done": "Find: {words}",
  "find.hint": "dog, sky, left hand …",
  "find.label": "Find by words",
  "find.button": "Find",
  "recipes.all.hint": "Write, read, save, import, share, export, delete",
  "recipes.all": "All recipes…",
  "recipes.title": "Recipes",
  "recipes.new": "New recipe",
  "recipes.unsaved": "Not saved",
  "recipes.mine": "Mine",
  "recipes.builtIn": "Built in",
  "recipes.edit": "Edit",
  "recipes.editCopy": "Edit a copy",
  "recipes.pasteFirst": "Paste something first.",
  "recipes.read.done": "Save it to keep it, or run it as it is.",
  "recipes.saved": 'Saved as "{name}".',
  "recipes.replace": "Replace mine",
  "recipes.override": "Use mine in its place",
  "recipes.shared": "The share string is copied: paste it wherever you like.",
  "recipes.shareByHand": "Copy the share string from the field below.",
  "recipes.deleteSure": "Delete it",
  "recipes.deleteQuestion": 'Delete "{name}" for good? ',
  "recipes.deleted": '"{name}" is deleted.',
  "recipes.run": "Run on the picture",
  "recipes.save": "Save",
  "recipes.name": "Name",
  "recipes.name.label": "Name to save it under",
  "recipes.saveAs": "Save as",
  "recipes.share": "Copy share string",
  "recipes.export": "Export",
  "recipes.delete": "Delete",
  "recipes.prompt": "Prompt of the recipe",
  "recipes.words.typed": 'Prompt: "{prompt}".',
  "recipes.words.own": `Prompt: "{prompt}", as in the picture's generation text.`,
  "recipes.words.none": "No prompt: the picture has no generation text.",
  "recipes.people": "Own prompts of objects, each said of whoever is found there, through all passes: {prompts}.",
  "recipes.deletedRestored": '"{name}" is deleted. The built-in one is used again.',
  "shortcuts.extend.aspect": "Drag keeping the aspect",
  "shortcuts.extend.both": "Drag both sides alike",
  "shortcuts.extend.pixels": "Drag by single pixels",
  "shortcuts.extend.next": "Next edge or corner (on the canvas)",
  "shortcuts.extend.move": "Move it by 8 or 64 pixels",
  "shortcuts.extend.back": "Put it back on the picture",
  "shortcuts.extend.allBack": "Put all edges back",
  "shortcuts.extend.now": "Extend",
  "shortcuts.group.tools": "Tools",
  "shortcuts.find": "Find by words",
  "shortcuts.swap": "Swap add and subtract",
  "shortcuts.brushSize": "Smaller or larger brush",
  "shortcuts.group.mask": "Mask",
  "shortcuts.candidate": "Next candidate: part, object, group",
  "shortcuts.candidateWheel": "Candidate with the wheel",
  "shortcuts.newObject": "New object",
  "shortcuts.deselect": "Deselect",
  "shortcuts.invert": "Invert the selected mask",
  "shortcuts.deleteObject": "Delete the selected object",
  "shortcuts.group.paint": "Paint",
  "shortcuts.intents": "Intents, first to fifth",
  "shortcuts.enter": "Last intent again; keep, when there are variations",
  "shortcuts.variation": "Previous or next variation",
  "shortcuts.more": "More variations",
  "shortcuts.discard": "Discard the variations",
  "shortcuts.group.extend": "Extend",
  "shortcuts.group.view": "View",
  "shortcuts.before": "Before, while held",
  "shortcuts.pan": "Pan, while held",
  "shortcuts.crosshair": "Move a cross hair, with Enter to press (on the canvas)",
  "shortcuts.fit": "Fit",
  "shortcuts.full": "100 %",
  "shortcuts.zoom": "Zoom in or out",
  "shortcuts.overlay": "Show or hide the mask",
  "shortcuts.group.document": "Document",
  "shortcuts.undo": "Undo",
  "shortcuts.redo": "Redo",
  "shortcuts.open": "Open",
  "shortcuts.save": "Save",
  "shortcuts.saveHistory": "Save with history",
  "shortcuts.help": "This list",
  "shortcuts.close": "Close shortcuts",
  "shortcuts.title": "Keyboard shortcuts",
  "page.canvas": "Canvas",
  "page.panel": "Extension, objects, painting and history",
  "empty.drop": "Drop a picture here",
  "empty.paste": "or paste one, or ",
  "empty.choose": "choose a file",
  "empty.then": "Then click on what bothers you and press Remove.",
  "server.away": "The server does not answer. Trying again …",
  "server.back": "The server is back.",
  "server.silent": "The server does not answer.",
  "server.status": "The server answered {status}.",
  // ---- ui
  "notice.dismiss": "Dismiss",
  "update.version": "0.2.0",
  // that of the package; the notes are of it
  "update.notes": "Retouch has been updated to 0.2.0. It works in reForge, Forge and Forge Neo, finds faces without mediapipe, and takes requests for ADetailer. Names in requests and recipes have changed: CHANGELOG.md has the table.",
  "dialog.close": "Close",
  "seed.random": "random",
  "seed.label": "Seed",
  "seed.of": "Seed {seed}",
  "seed.notWhole": '"{typed}" is no whole number: any seed is used.',
  "seed.tooLarge": "{typed} is above {largest}, the largest seed: its remainder by 2^32, {seed}, is used.",
  "knobs.of": "Knobs of ",
  "knobs.reset": "Reset {count} changed",
  "knobs.defaults": "All at their defaults.",
  "knobs.backOf": "{label}: back to the default",
  "knobs.back": "Back to the default",
  "knobs.auto": "auto",
  "knobs.slider": "{label}, slider",
  "knobs.changed": "{count} changed",
  // ---- panels
  "header.compare.off": "Off",
  "header.compare.slider": "Slider",
  "header.compare.side": "Side by side",
  "header.saveHistory.hint": "A .retouch file, which can be opened again: the original picture and every step",
  "header.savePicture": "Picture",
  "header.savePicture.hint": "PNG, with its infotext",
  "header.saveHistory": "Picture with history",
  "header.undo": "Undo",
  "header.redo": "Redo",
  "header.save": "Save",
  "header.save.tip": "Save as PNG, with its infotext  (Ctrl+S)",
  "header.saveAs": "Save as",
  "header.recipes": "Fix by recipe",
  "header.compare": "Compare",
  "header.compare.label": "Compare with the first picture",
  "header.theme": "Light or dark",
  "header.brand": "Retouch",
  "header.open": "Open",
  "header.open.tip": "Open a picture, or a .retouch file with its history  (Ctrl+O)",
  "header.batch": "Batch",
  "header.batch.tip": "A folder of pictures by one recipe",
  "header.send": "Send to",
  "header.undo.tipOf": "Undo: {step}  (Ctrl+Z)",
  "header.undo.tip": "Undo  (Ctrl+Z)",
  "intents.label": "Intents",
  "intents.prompt.hint": "What should be there",
  "intents.prompt": "Prompt",
  "intents.prompt.tip": "The prompt of this picture's next intent. It is blank once a variation is kept. Alt+Up and Alt+Down bring back earlier prompts.",
  "intents.negative.hint": "What should not be there",
  "intents.negative": "Negative prompt",
  "intents.invert.tip": "Repaint all that is not masked: the background",
  "intents.invert": "Inpaint not masked",
  "intents.variations": "Variations",
  "intents.title": "Paint",
  "intents.adjust": "Settings",
  "intents.adjustOf": "Settings for {intent}",
  "intents.tip": "{description}  (Alt+{number})",
  "overlay.colour": "Colour of masks",
  "overlay.opacity": "Opacity of masks",
  "overlay.tip": "Show or hide masks  (Q)",
  "overlay.label": "Overlay",
  "object.prompt.tip": "Replaces the general prompt for this object. Recipes use it in every pass for the person found here.",
  "object.show": "Show or hide",
  "object.rename": "Rename",
  "object.name": "Name",
  "object.prompt.hint": "Its own prompt",
  "object.prompt": "Prompt of this object",
  "object.prompt.done": "Prompt",
  "object.use.label": "Use: repaint this",
  "object.use": "Use",
  "object.unuse": "Do not use",
  "object.next": "Next candidate",
  "object.next.tip": "Next candidate  (Tab)",
  "object.delete": "Delete",
  "object.candidate": "Candidate {number} of {count}: next",
  "object.move": "Move object",
  "object.numbered": "Object {number}",
  "object.unknown": "Object",
  "object.empty": "empty",
  "maskFile.luminance": "Brightness",
  "maskFile.luminance.hint": "white is repainted",
  "maskFile.alpha": "Opacity",
  "maskFile.alpha.hint": "what is opaque is repainted",
  "maskFile.invertedAlpha": "Transparency",
  "maskFile.invertedAlpha.hint": "what is transparent is repainted",
  "maskFile.fromInpaint": "From Inpaint upload",
  "maskFile.noneInInpaint": "img2img › Inpaint upload has no mask: put one there first.",
  "maskFile.title": "Import a mask",
  "maskFile.fromFile": "From a file",
  "maskFile.done": "Import mask",
  "maskFile.question": "{name} can be read in several ways. What of it is the mask?",
  "extend.horizontal": "Horizontal",
  "extend.vertical": "Vertical",
  "extend.asDragged": "as dragged",
  "extend.aspect.other": "other",
  "extend.aspect.label": "Aspect, as 16:9",
  "extend.aspect.tip": "Any other aspect, as 2.39:1",
  "extend.aspect": "Aspect",
  "extend.margins": "Pixels to add on each side",
  "extend.anchors": "Where the picture lies",
  "extend.title": "Extend",
  "extend.prompt.hint": "The whole scene; blank for the picture's own prompt",
  "extend.prompt.left": "On the left",
  "extend.prompt.right": "On the right",
  "extend.prompt.top": "At the top",
  "extend.prompt.bottom": "At the bottom",
  "extend.prompt.offScreen": "Just off-screen",
  "extend.tip": "Paint the stages that are drawn  (Enter)",
  "extend.prompt": "Prompt of the extension",
  "extend.prompts": "Prompts by side and stage",
  "extend.knobs": "How it is painted",
  "extend.prompt.sideHint": "{label}: what is there",
  "extend.prompt.stages": "Prompts by stage",
  "extend.prompt.stages.hint": "A line for each stage, in order",
  "extend.nothing": "No margin is chosen yet: drag an edge outward, or choose an aspect.",
  "extend.busy": "Something is being painted: extend the picture when that is done.",
  "extend.unpainted": "Nothing was painted: the picture is as it was.",
  "extend.partly": "Not everything was painted: Go on paints the rest.",
  "extend.gone": "The server no longer has this extension: it was restarted, or others came after it. The picture stays; its stages cannot be painted again.",
  "extend.again": "Stage {number} again",
  "extend.revert": "Revert stage {number}",
  "extend.choose": "Another variation of stage {number}",
  "extend.left": "Left",
  "extend.top": "Top",
  "extend.right": "Right",
  "extend.bottom": "Bottom",
  "stages.forgotten": "The server has forgotten this extension: its stages stay as they are.",
  "stages.title": "Stages",
  "stages.goOn": "Go on",
  "stages.neededBy": "  needed by {stages}",
  "stages.unpainted": "not painted",
  "stages.waits": "painted; waits for the rest of its strip",
  "stages.seed": "seed {seed}",
  "stages.along": ", and with it {stages}",
  "stages.next": "Next variation of stage {number}",
  "stages.nextLater": "Next variation of stage {number}; later stages stay",
  "stages.again": "Paint stage {number} again{others}",
  "stages.revert": "Take stage {number} back{others}",
  "plan.unasked": "Drag an edge or a corner of the picture outward, or choose an aspect.",
  "plan.planning": "planning …",
  "plan.stagesAndTime": "{stages}, about {time}",
  "plan.stages": { one: "{count} stage", other: "{count} stages" },
  "duration.seconds": "{number} s",
  "duration.minutes": "{number} min",
  "duration.hours": "{number} h",
  "progress.label": "Painting",
  "progress.preview": "Live preview of the job",
  "progress.interrupt": "Interrupt",
  "progress.interrupt.tip": "Stop here; what is finished stays",
  "progress.skip": "Skip",
  "progress.skip.tip": "Leave this part out and go on",
  "progress.waiting": "Waiting for its turn ({count} in the queue)",
  "quality.seam": "Seam",
  "quality.seam.tip": "Steps of colour along the mask's outline, in CIELAB units per pixel; not visible below 1",
  "quality.drift": "Drift",
  "quality.drift.tip": "Shift of the colours beside the mask, in CIELAB units; just visible at about 2",
  "quality.sharpness": "Sharpness",
  "quality.sharpness.tip": "Detail inside the mask divided by detail around it; near 1 they look alike",
  "quality.confidence": "Confidence",
  "quality.confidence.tip": "How sure the detector is of what it found there",
  "status.coarse": "Under-resolved: painted smaller than it is. Mask less, or raise the work size.",
  "status.zoom": "Zoom: fit the picture",
  "status.zoom.tip": "Fit  (F)",
  "status.zoomOut": "Zoom out",
  "status.zoomOut.tip": "Zoom out  (-)",
  "status.zoomIn": "Zoom in",
  "status.zoomIn.tip": "Zoom in  (+)",
  "status.fit": "Fit",
  "status.label": "Status",
  "status.none": "No picture",
  "status.plan.tip": "What the model will see, and the size it paints it at",
  "status.time": "about {time}",
  "step.forGood": "Cannot be painted again",
  "step.on": "On",
  "step.on.tip": "Switch on or off",
  "step.switch": "Switch a step",
  "step.name": "Name of the step",
  "step.rename": "Rename",
  "step.again": "Paint again",
  "step.reopen.label": "Reopen: mask and request again",
  "step.choice": "What to paint again",
  "step.next": "Next variation",
  "step.delete": "Delete a step",
  "step.delete.label": "Delete the step",
  "step.upon": "Painted upon it: {steps}",
  "step.variation": "Variation {number} of {count}: next",
  "step.again.alone": "It alone",
  "step.again.alone.tip": "Paint this step with another seed. Steps painted upon it stay as they are.",
  "step.again.then": "It, then {steps}",
  "step.again.then.tip": "Paint this step with another seed, then the steps painted upon it.",
  "step.again.only": "Only {steps}",
  "step.again.only.tip": "Paint the steps painted upon it, with this step on or off as it is now.",
  "step.reopen": "Reopen a step",
  "step.busy": "Something is being painted: paint the step again when that is done.",
  "step.stopped": "Stopped: the steps are as they were.",
  "step.paintUpon": "Paint what is upon it",
  "step.choose": "Another variation",
  "step.worse": '"{name}" became worse, and is switched off.',
  "step.unnamed": "Step",
  "step.ofPass": "{name} · pass {number}",
  "steps.label": "Kept steps",
  "steps.empty": "Steps that you keep are listed here. Each can be switched off, in any order.",
  "steps.title": "History",
  "tool.point": "Point",
  "tool.point.tip": "Click to select; right-click or Alt-click subtracts.",
  "tool.box": "Box",
  "tool.box.tip": "Drag a box around the object.",
  "tool.everything": "Everything",
  "tool.everything.tip": "Move over the picture to outline each object; click to select it.",
  "tool.lasso": "Lasso",
  "tool.lasso.tip": "Draw around the object; Alt subtracts.",
  "tool.brush": "Brush",
  "tool.brush.tip": "Paint the mask; Alt subtracts.",
  "tool.eraser": "Eraser",
  "tool.eraser.tip": "Erase the mask.",
  "tool.sketch": "Colour sketch",
  "tool.sketch.tip": "Paint colours; they are the mask and its masked content.",
  "tool.extend": "Extend",
  "tool.extend.tip": "Drag an edge or a corner of the canvas outward; Shift keeps the aspect, Alt takes both sides.",
  "tool.pan": "Hand",
  "tool.pan.tip": "Drag the picture; Space does so in every tool.",
  "toolbar.swap": "Swap add and subtract",
  "toolbar.label": "Tools",
  "toolbar.subtracting": "Subtracting: swap to add  (X)",
  "toolbar.adding": "Adding: swap to subtract  (X)",
  "toolbar.options": "Tool options",
  "segmenter.label": "Segmenter",
  "segmenter.tip": "What finds the outline",
  "segmenter.fine.tip": "Outlines follow the picture's own edges at full resolution",
  "segmenter.fine": "Fine edges",
  "segmenter.best": "Best segmenter",
  "brush.size": "Size",
  "brush.hardness": "Hardness",
  "brush.opacity": "Opacity",
  "brush.colour": "Colour",
  "variations.label": "Variations",
  "variations.more": "More",
  "variations.more.tip": "More variations, from the next seeds  (N)",
  "variations.previous": "Previous variation",
  "variations.next": "Next variation",
  "variations.discard": "Discard",
  "variations.discard.tip": "Discard all variations  (Esc)",
  "variations.keep": "Keep",
  "variations.keep.tip": "Keep this one  (Enter)",
  "variations.warnings": "Warnings",
  "variations.kept": "Keep: {name}",
  "variations.count": "{number} of {count}",
  "variations.one": "Variation {number}, seed {seed}",
  "list.and": "{others} and {last}",
  // ---- recipes
  "editor.unsaved": 'This recipe is not saved: it is kept in "All recipes", under "Not saved".',
  "editor.title": 'Edit "{name}"',
  "editor.pass": "Pass {number} of {count}",
  "editor.noPass": "No pass yet: add one.",
  "editor.lost": "What looked in it now looks everywhere: pass {passes}. ",
  "editor.undo": "Undo",
  "editor.removed": "Pass {number} is removed. {lost}",
  "editor.goOn": "Go on editing",
  "editor.later": "Keep for later",
  "editor.drop": "Discard",
  "editor.dirty": "Changes are not saved.",
  "editor.detector.absent": "{name} (not here yet)",
  "editor.detector.label": "Add a detector",
  "editor.detector.add": "Add …",
  "editor.pass.add": "Add a pass",
  "editor.pass.duplicate": "Duplicate the pass",
  "editor.pass.remove": "Remove the pass",
  "editor.pass.up": "Move the pass up",
  "editor.pass.down": "Move the pass down",
  "editor.passes": "Passes",
  "editor.tools": "Change the list",
  "intake.paste": "Paste a recipe, a share string or a generation text, or drop a file here",
  "intake.picture": "From this picture",
  "intake.read": "Read",
  "intake.file": "Choose a file",
  "intake.tooLarge": "{name} is too large for a recipe.",
  "pass.strength": "denoising strength {strength}",
  "pass.variations": "{count} variations",
  "pass.gate": "gate",
  "pass.off": "off",
  "pass.nothing": "nothing yet",
  "pass.within": "{target}, within pass {number}",
  // ---- batch
  "batch.save": "Save all as .zip",
  "batch.save.tip": "The pictures, and their page of before and after",
  "batch.recipe": "Recipe",
  "batch.prompt.hint": "Prompt, if all have one",
  "batch.prompt": "Prompt",
  "batch.progress": "Files done",
  "batch.files": "Files",
  "batch.chosen": { one: "{count} file chosen", other: "{count} files chosen" },
  "batch.retry": "Retry failed files",
  "batch.resume": "Resume",
  "batch.start": "Start",
  "batch.cancel": "Cancel",
  "batch.new": "New batch",
  "batch.summary": "Before and after",
  "batch.drop": "Drop a folder or pictures here, or choose",
  "batch.chooseFiles": "files",
  "batch.or": " or ",
  "batch.chooseFolder": "a folder",
  "batch.packing": "Packing {number} of {count} …",
  "batch.unpacked": "The pictures could not be packed: {why}",
  "batch.title": "Batch",
  "batch.saveOne": "Save",
  "batch.gone": "The server no longer has this batch: its files made room for others. Start another.",
  "batch.unsent": "Not sent yet",
  "batch.waiting": "Waiting",
  "batch.running": "At work …",
  "batch.kept": "As it was",
  "batch.failed": "Failed",
  "batch.regions.kept": "{count} kept",
  "batch.regions.unseen": "{count} unseen",
  "batch.regions.reverted": "{count} reverted",
  "batch.regions.skipped": "{count} skipped",
  "batch.repainted": "Repainted: {list}",
  "batch.done": "{done} of {count} done",
  "batch.doneAndFailed": "{done} of {count} done, {failed} failed",
  // ---- files
  "autosave.full": "This browser has no room to keep your work through a reload: save it before you close the page.",
  "autosave.lost": "The work of before could not be restored ({why}).",
  "autosave.left": "{name} was closed with {work} in no file.",
  "autosave.restore": "Bring it back",
  "open.pasted": "Browsers take colour profile, EXIF and texts out of a picture that is pasted: open or drop its file to keep them.",
  "open.drop": "Drop to open",
  "open.onlyOne": "Of {files} files only {name} was opened: Batch takes many.",
  "open.stillHere": "{name} is still here, with {work} in no file yet: Undo leads back to it.",
  "open.slow": "Opening {name} …",
  "open.slowUnnamed": "Opening the picture …",
  "open.back": "Back to it",
  "open.dropped": "{name} was closed to make room for other pictures, with {work} in no file.",
  "open.saveDropped": "Save it with its history",
  "open.tooLarge": "{name} is too large for the memory of this browser.",
  "open.shallow": "It has 16 bits per sample. This page works with 8 and saves 8. The command line and REST keep 16.",
  "open.unreadable": "{name} is not a picture that this browser or the server can read. {why}",
  "open.stripped": "{name} was opened without colour profile, EXIF and texts. Saved files do not have them either. {why}",
  "open.damaged": "{name} is damaged, or no history as Retouch writes it.",
  "open.damagedUnnamed": "It is damaged, or no history as Retouch writes it.",
  // ---- server
  "fix.unchanged": "Nothing was changed",
  "fix.unfound": "the recipe found nothing to repaint.",
  "fix.label": "Recipe",
  "paint.unmasked": "Nothing is masked yet: click on something, or paint over it, and press again.",
  "paint.replaced": "The picture was replaced while a job ran for the one before; what it painted is discarded.",
  "paint.stopped": "Stopped: nothing was finished.",
  "paint.noPicture": "Open a picture first.",
  "paint.more": "More",
  "paint.nothing": "Nothing was painted",
  "paint.disconnected": "The connection to the server was lost while it painted.",
  "paint.retry": "Try again",
  // ---- tools
  "did.changeBox": "Change box",
  "did.box": "Box",
  "did.removeBox": "Remove box",
  "did.erase": "Erase",
  "did.brush": "Brush",
  "did.eraseSketch": "Erase sketch",
  "did.sketch": "Sketch",
  "did.takeAway": "Subtract",
  "did.add": "Add",
  "did.take": "Take",
  "did.lassoAway": "Subtract by lasso",
  "did.lasso": "Lasso",
  "did.movePoint": "Move point",
  "did.point": "Point",
  "did.togglePoint": "Toggle point",
  "did.removePoint": "Remove point",
  "did.candidate": "Candidate",
  "did.open": "Open {name}",
  "handles.label": "Edges and corners of the canvas",
  "handles.value": "Pixels added: {pixels}. Canvas {width} by {height}",
  "handles.left": "Left edge",
  "handles.left.added": "{count} left",
  "handles.right": "Right edge",
  "handles.right.added": "{count} right",
  "handles.top": "Top edge",
  "handles.top.added": "{count} top",
  "handles.bottom": "Bottom edge",
  "handles.bottom.added": "{count} bottom",
  "handles.topLeft": "Top left corner",
  "handles.topRight": "Top right corner",
  "handles.bottomLeft": "Bottom left corner",
  "handles.bottomRight": "Bottom right corner",
  // ---- canvas
  "canvas.label": "Picture. Arrow keys move a cross hair, Enter uses the tool there, Alt+Enter subtracts.",
  "canvas.coarse": ", under-resolved",
  "canvas.before": "Before",
  "canvas.after": "After",
  "canvas.ghost": "{crop} at {work}, {scale}{note}",
  // ---- document
  "work.variations": "variations that are not kept",
  "work.sketch": "a colour sketch",
  "work.extension": "an extension and {painted}",
  "work.masks": { one: "a mask", other: "{count} masks" },
  "work.steps": { one: "a step", other: "{count} steps" },
  "work.changes": "changes"
});

// javascript/retouch/util/text.mjs
var PLACEHOLDER = /\{(\w+)\}/g;
var plurals = new Intl.PluralRules(LANGUAGE);
function text(key, values = {}) {
  return wordsOf(key, values).replace(PLACEHOLDER, (_, name) => {
    if (!(name in values)) {
      throw new RangeError(`"${key}" has no value for {${name}}`);
    }
    return values[name];
  });
}
function wordsOf(key, { count }) {
  if (!Object.hasOwn(TEXT, key)) {
    throw new RangeError(`"${key}" is no key of ui/text.mjs`);
  }
  const words = TEXT[key];
  return typeof words === "string" ? words : words[plurals.select(count)] ?? words.other;
}

// javascript/retouch/geometry/box.mjs
function boxOf(left, top, right, bottom) {
  return Object.freeze({ left, top, right, bottom });
}
var NOWHERE = boxOf(0, 0, 0, 0);
function boxOfSize({ width, height }) {
  return boxOf(0, 0, width, height);
}
function boundingBox(x0, y0, x1, y1) {
  return boxOf(
    Math.floor(Math.min(x0, x1)),
    Math.floor(Math.min(y0, y1)),
    Math.ceil(Math.max(x0, x1)),
    Math.ceil(Math.max(y0, y1))
  );
}
function boxOfList([left, top, right, bottom]) {
  return boxOf(left, top, right, bottom);
}
function listOfBox({ left, top, right, bottom }) {
  return [left, top, right, bottom];
}
function widthOf(box) {
  return box.right - box.left;
}
function heightOf(box) {
  return box.bottom - box.top;
}
function areaOf(box) {
  return isEmpty(box) ? 0 : widthOf(box) * heightOf(box);
}
function isEmpty(box) {
  return box.right <= box.left || box.bottom <= box.top;
}
function isSameBox(a, b) {
  return a.left === b.left && a.top === b.top && a.right === b.right && a.bottom === b.bottom;
}
function contains(box, x, y) {
  return x >= box.left && x < box.right && y >= box.top && y < box.bottom;
}
function overlap(a, b) {
  const common = boxOf(
    Math.max(a.left, b.left),
    Math.max(a.top, b.top),
    Math.min(a.right, b.right),
    Math.min(a.bottom, b.bottom)
  );
  return isEmpty(common) ? NOWHERE : common;
}
function unionBox(a, b) {
  if (isEmpty(a)) {
    return b;
  }
  if (isEmpty(b)) {
    return a;
  }
  return boxOf(
    Math.min(a.left, b.left),
    Math.min(a.top, b.top),
    Math.max(a.right, b.right),
    Math.max(a.bottom, b.bottom)
  );
}
function growBox(box, by) {
  return boxOf(box.left - by, box.top - by, box.right + by, box.bottom + by);
}
function moveBox(box, dx, dy) {
  return boxOf(box.left + dx, box.top + dy, box.right + dx, box.bottom + dy);
}

// javascript/retouch/util/base64.mjs
var SLICE = 32768;
function toBase64(bytes) {
  let text2 = "";
  for (let at = 0; at < bytes.length; at += SLICE) {
    text2 += String.fromCharCode.apply(null, bytes.subarray(at, at + SLICE));
  }
  return btoa(text2);
}
function fromBase64(text2) {
  const decoded = atob(text2.slice(text2.indexOf(",") + 1));
  const bytes = new Uint8Array(decoded.length);
  for (let i = 0; i < decoded.length; i++) {
    bytes[i] = decoded.charCodeAt(i);
  }
  return bytes;
}

// javascript/retouch/util/bytes.mjs
var CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc3 = byte;
  for (let bit = 0; bit < 8; bit++) {
    crc3 = crc3 & 1 ? 3988292384 ^ crc3 >>> 1 : crc3 >>> 1;
  }
  return crc3;
});
function crc(bytes) {
  let value = 4294967295;
  for (let i = 0; i < bytes.length; i++) {
    value = CRC_TABLE[(value ^ bytes[i]) & 255] ^ value >>> 8;
  }
  return ~value >>> 0;
}
async function through(stream, bytes) {
  const piped = new Blob([bytes]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(piped).arrayBuffer());
}
function joinedBytes(parts) {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

// javascript/retouch/image/png.mjs
var SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
var CHANNELS = { 0: 1, 2: 3, 4: 2, 6: 4 };
var COLOUR_TYPES = { 1: 0, 2: 4, 3: 2, 4: 6 };
var HEADER_END = 33;
async function encodePng(data, width, height, channels) {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, COLOUR_TYPES[channels], 0, 0, 0], 8);
  const packed = await through(
    new CompressionStream("deflate"),
    filterRows(data, width * channels, channels)
  );
  const chunks = [makeChunk("IHDR", header), makeChunk("IDAT", packed), makeChunk("IEND", new Uint8Array(0))];
  return joinedBytes([Uint8Array.from(SIGNATURE), ...chunks]);
}
function isPng(bytes) {
  return bytes.length >= HEADER_END && SIGNATURE.every((byte, i) => bytes[i] === byte);
}
function pngHeader(bytes) {
  if (!isPng(bytes)) {
    return null;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [depth, channels] = [bytes[24], CHANNELS[bytes[25]]];
  if (depth < 8 || bytes[28] !== 0 || !channels) {
    return null;
  }
  return { width: view.getUint32(16), height: view.getUint32(20), channels, depth };
}
async function decodePng(bytes) {
  const header = pngHeader(bytes);
  if (!header) {
    throw new Error("This is not a gray, RGB or RGBA PNG of 8 or 16 bits without interlacing.");
  }
  const packed = chunksOf(bytes).filter(({ type }) => type === "IDAT").map(({ body }) => body);
  const raw = await through(new DecompressionStream("deflate"), joinedBytes(packed));
  const { depth, ...plain } = header;
  const data = unfilterRows(raw, header);
  return { ...plain, data: depth === 16 ? takeHighBytes(data) : data };
}
function takeHighBytes(data) {
  return Uint8Array.from({ length: data.length / 2 }, (_, i) => data[i * 2]);
}
function chunksOf(bytes) {
  if (!isPng(bytes)) {
    return [];
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks = [];
  for (let at = SIGNATURE.length; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (at + 12 + length > bytes.length) {
      break;
    }
    const whole = bytes.subarray(at, at + 12 + length);
    chunks.push({ type, body: whole.subarray(8, 8 + length), whole });
    at += 12 + length;
  }
  return chunks;
}
function filterRows(data, stride, channels) {
  const rows = data.length / stride;
  const out = new Uint8Array(data.length + rows);
  const kind = channels === 1 ? 0 : 1;
  for (let row = 0, to = 0; row < rows; row++) {
    const from = row * stride;
    out[to++] = kind;
    out.set(data.subarray(from, from + stride), to);
    for (let i = kind ? stride - 1 : 0; i >= channels; i--) {
      out[to + i] -= data[from + i - channels];
    }
    to += stride;
  }
  return out;
}
function unfilterRows(raw, { width, height, channels, depth }) {
  const step = channels * depth / 8;
  const stride = width * step;
  if (raw.length !== (stride + 1) * height) {
    throw new Error(
      `A ${width}x${height} PNG holds ${raw.length} bytes instead of ${(stride + 1) * height}.`
    );
  }
  const out = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const from = y * (stride + 1);
    const line = raw.subarray(from + 1, from + 1 + stride);
    unfilterRow(out, line, raw[from], { at: y * stride, stride, step, above: y > 0 });
  }
  return out;
}
function unfilterRow(out, line, kind, { at, stride, step, above }) {
  out.set(line, at);
  const up = above ? stride : 0;
  const end = at + stride;
  if (kind === 1) {
    addLeft(out, at + step, end, step);
  } else if (kind === 2) {
    addAbove(out, at, up ? end : at, stride);
  } else if (kind === 3) {
    addMean(out, at, end, { step, up });
  } else if (kind === 4) {
    addPaeth(out, at, end, { step, up });
  } else if (kind !== 0) {
    throw new Error(`A PNG row has the unknown filter ${kind}.`);
  }
}
function addLeft(out, from, end, step) {
  for (let i = from; i < end; i++) {
    out[i] += out[i - step];
  }
}
function addAbove(out, from, end, stride) {
  for (let i = from; i < end; i++) {
    out[i] += out[i - stride];
  }
}
function addMean(out, from, end, { step, up }) {
  for (let i = from; i < end; i++) {
    const left = i >= from + step ? out[i - step] : 0;
    out[i] += left + (up ? out[i - up] : 0) >> 1;
  }
}
function addPaeth(out, from, end, { step, up }) {
  for (let i = from; i < end; i++) {
    const left = i >= from + step ? out[i - step] : 0;
    const corner = up && i >= from + step ? out[i - up - step] : 0;
    out[i] += paeth(left, up ? out[i - up] : 0, corner);
  }
}
function paeth(left, up, corner) {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}
function makeChunk(type, body) {
  const out = new Uint8Array(body.length + 12);
  const view = new DataView(out.buffer);
  view.setUint32(0, body.length);
  out.set(
    Array.from(type, (letter) => letter.charCodeAt(0)),
    4
  );
  out.set(body, 8);
  view.setUint32(body.length + 8, crc(out.subarray(4, body.length + 8)));
  return out;
}

// javascript/retouch/image/codec.mjs
var MANAGED = /* @__PURE__ */ new Set(["iCCP", "cICP", "sRGB", "gAMA", "cHRM", "eXIf"]);
var [LONGEST, LARGEST] = [16384, 2 ** 27];
async function bytesOfBlob(blob) {
  return new Uint8Array(await blob.arrayBuffer());
}
function isOpaque(data) {
  for (let i = 3; i < data.length; i += 4) {
    if (data[i] !== 255) {
      return false;
    }
  }
  return true;
}
function isGrey(data) {
  for (let i = 0; i < data.length; i += 4) {
    if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) {
      return false;
    }
  }
  return true;
}
async function decodePixels(blob) {
  const bytes = await bytesOfBlob(blob);
  const header = pngHeader(bytes);
  const types = chunksOf(bytes).map(({ type }) => type);
  if (!header || types.includes("tRNS")) {
    return decodeInBrowser(blob);
  }
  const plain = header.channels === 3 && header.depth === 8 && !types.some((type) => MANAGED.has(type));
  return plain && fitsCanvas(header) ? decodeInBrowser(blob) : asRgba(await decodePng(bytes));
}
async function encodePixels({ width, height, data, opaque }) {
  if (!opaque || !fitsCanvas({ width, height })) {
    const png = await encodePng(opaque ? withoutAlpha(data) : data, width, height, opaque ? 3 : 4);
    return new Blob([png], { type: "image/png" });
  }
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d").putImageData(new ImageData(data, width, height), 0, 0);
  return canvas.convertToBlob({ type: "image/png" });
}
function encodeGrey({ width, height, data, opaque }) {
  return encodePng(takeGrey(data, opaque), width, height, opaque ? 1 : 2);
}
function fitsCanvas({ width, height }) {
  return Math.max(width, height) <= LONGEST && width * height <= LARGEST && isCanvasExact();
}
var exact = null;
function isCanvasExact() {
  exact ??= typeof OffscreenCanvas !== "undefined" && readsBackExactly(Uint8ClampedArray.from({ length: 1024 }, makeSample));
  return exact;
}
function makeSample(_, i) {
  return i % 4 === 3 ? 255 : i * 151 % 256;
}
function readsBackExactly(data) {
  const context = new OffscreenCanvas(16, 16).getContext("2d", { willReadFrequently: true });
  context.putImageData(new ImageData(data, 16, 16), 0, 0);
  const read = context.getImageData(0, 0, 16, 16).data;
  return data.every((value, i) => value === read[i]);
}
async function decodeInBrowser(blob) {
  const bitmap = await createImageBitmap(blob, {
    imageOrientation: "from-image",
    colorSpaceConversion: "none",
    premultiplyAlpha: "none"
  });
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { width, height, data: context.getImageData(0, 0, width, height).data };
}
function asRgba({ width, height, channels, data }) {
  if (channels === 4) {
    return { width, height, data: new Uint8ClampedArray(data.buffer) };
  }
  const out = new Uint8ClampedArray(width * height * 4).fill(255);
  const [colours, alpha] = [channels > 2 ? 3 : 1, channels % 2 === 0 ? channels - 1 : -1];
  for (let i = 0, to = 0; i < data.length; i += channels, to += 4) {
    for (let c = 0; c < 3; c++) {
      out[to + c] = data[i + (colours === 3 ? c : 0)];
    }
    out[to + 3] = alpha < 0 ? 255 : data[i + alpha];
  }
  return { width, height, data: out };
}
function takeGrey(data, opaque) {
  const step = opaque ? 4 : 2;
  const out = new Uint8Array(data.length / step);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 4 / step) {
    out[to] = data[from];
    if (!opaque) {
      out[to + 1] = data[from + 3];
    }
  }
  return out;
}
function withoutAlpha(data) {
  const out = new Uint8Array(data.length / 4 * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    out[to] = data[from];
    out[to + 1] = data[from + 1];
    out[to + 2] = data[from + 2];
  }
  return out;
}

// javascript/retouch/util/run-length.mjs
function encodeRuns(data) {
  const runs2 = [];
  for (let at = 0; at < data.length; ) {
    const start = at;
    const value = data[at];
    const end = Math.min(data.length, start + 16777215);
    while (at < end && data[at] === value) {
      at++;
    }
    runs2.push((at - start << 8 | value) >>> 0);
  }
  return Uint32Array.from(runs2);
}
function decodeRuns(runs2, length) {
  const data = new Uint8Array(length);
  let at = 0;
  for (const run of runs2) {
    data.fill(run & 255, at, at + (run >>> 8));
    at += run >>> 8;
  }
  return data;
}

// javascript/retouch/image/distance-transform.mjs
function columnSteps(alpha, width, height, level, far) {
  const steps = new Uint16Array(width * height);
  for (let i = 0; i < width; i++) {
    steps[i] = alpha[i] >= level ? 0 : far;
  }
  for (let i = width; i < steps.length; i++) {
    const above = steps[i - width];
    steps[i] = alpha[i] >= level ? 0 : above < far ? above + 1 : far;
  }
  for (let i = steps.length - width - 1; i >= 0; i--) {
    const below = steps[i + width] + 1;
    if (below < steps[i]) {
      steps[i] = below;
    }
  }
  return steps;
}
function raiseWithin(out, alpha, width, height, level, reach) {
  const steps = columnSteps(alpha, width, height, level, reach + 1);
  const spans = Int32Array.from(
    { length: reach + 2 },
    (_, d) => d > reach ? -1 : Math.floor(Math.sqrt(reach * reach - d * d))
  );
  for (let row = 0; row < out.length; row += width) {
    raiseRow(out, steps, spans, row, width, level);
  }
}
function raiseRow(out, steps, spans, row, width, level) {
  for (let x = 0, end = -1; x < width; x++) {
    const span = spans[steps[row + x]];
    if (span >= 0 && x + span > end) {
      end = x + span;
    }
    if (x <= end && out[row + x] < level) {
      out[row + x] = level;
    }
  }
  for (let x = width - 1, end = width; x >= 0; x--) {
    const span = spans[steps[row + x]];
    if (span >= 0 && x - span < end) {
      end = x - span;
    }
    if (x >= end && out[row + x] < level) {
      out[row + x] = level;
    }
  }
}
function squaredDistances(alpha, width, height, level, far) {
  const steps = columnSteps(alpha, width, height, level, far);
  const out = new Uint32Array(width * height);
  const envelope = { sites: new Int32Array(width), from: new Float64Array(width), far };
  for (let row = 0; row < out.length; row += width) {
    lowerEnvelope(out.subarray(row, row + width), steps.subarray(row, row + width), envelope);
  }
  return out;
}
function lowerEnvelope(out, steps, { sites, from, far }) {
  let last = -1;
  for (let x = 0; x < steps.length; x++) {
    if (steps[x] >= far) {
      continue;
    }
    let start = 0;
    while (last >= 0 && (start = takeover(steps, sites[last], x)) <= from[last]) {
      last--;
    }
    last++;
    sites[last] = x;
    from[last] = last === 0 ? 0 : start;
  }
  if (last < 0) {
    out.fill(far * far);
    return;
  }
  for (let x = 0, at = 0; x < steps.length; x++) {
    while (at < last && from[at + 1] <= x) {
      at++;
    }
    const apart = x - sites[at];
    const step = steps[sites[at]];
    out[x] = apart * apart + step * step;
  }
}
function takeover(steps, a, b) {
  const ours = steps[b] * steps[b] + b * b;
  const theirs = steps[a] * steps[a] + a * a;
  return Math.max(0, Math.floor((ours - theirs) / (2 * (b - a))) + 1);
}

// javascript/retouch/image/connected-components.mjs
function labelComponents(belongs, width, height, diagonal) {
  const labels = new Int32Array(width * height);
  const parents = [0];
  for (let y = 0; y < height; y++) {
    labelRow(labels, parents, belongs, { width, row: y * width, diagonal });
  }
  return { labels, count: renumberLabels(labels, parents) };
}
function labelRow(labels, parents, belongs, { width, row, diagonal }) {
  for (let x = 0; x < width; x++) {
    const at = row + x;
    if (!belongs(at)) {
      continue;
    }
    const left = x > 0 ? labels[at - 1] : 0;
    let label = left;
    if (row > 0) {
      const above = at - width;
      label = joinLabels(parents, label, labels[above]);
      if (diagonal) {
        label = joinLabels(parents, label, x > 0 ? labels[above - 1] : 0);
        label = joinLabels(parents, label, x + 1 < width ? labels[above + 1] : 0);
      }
    }
    labels[at] = label || parents.push(parents.length) - 1;
  }
}
function joinLabels(parents, a, b) {
  if (!a || !b || a === b) {
    return a || b;
  }
  const rootA = findRoot(parents, a);
  const rootB = findRoot(parents, b);
  const low = Math.min(rootA, rootB);
  parents[rootA] = low;
  parents[rootB] = low;
  return low;
}
function findRoot(parents, label) {
  while (parents[label] !== label) {
    parents[label] = parents[parents[label]];
    label = parents[label];
  }
  return label;
}
function renumberLabels(labels, parents) {
  const numbers = new Int32Array(parents.length);
  let count = 0;
  for (let label = 1; label < parents.length; label++) {
    const top = findRoot(parents, label);
    numbers[label] = top === label ? ++count : numbers[top];
  }
  for (let i = 0; i < labels.length; i++) {
    labels[i] = numbers[labels[i]];
  }
  return count;
}

// javascript/retouch/image/mask-morphology.mjs
var EXACT_LEVELS = 16;
var LEVEL_STEP = 16;
function growAlpha(data, width, height, by) {
  const out = new Uint8Array(data);
  for (const level of levelsOf(data)) {
    raiseWithin(out, data, width, height, level, by);
  }
  return out;
}
function shrinkAlpha(data, width, height, by) {
  return invertAlpha(growAlpha(invertAlpha(data), width, height, by));
}
function featherAlpha(data, width, height, by) {
  const out = new Uint8Array(data);
  for (const level of levelsOf(data)) {
    const squares = squaredDistances(data, width, height, level, by + 2);
    const ramp = smoothRamp(by, level);
    for (let i = 0; i < out.length; i++) {
      if (squares[i] < ramp.length && ramp[squares[i]] > out[i]) {
        out[i] = ramp[squares[i]];
      }
    }
  }
  return out;
}
function invertAlpha(data) {
  return data.map((alpha) => 255 - alpha);
}
function levelsOf(data) {
  const used = new Uint8Array(256);
  for (let i = 0; i < data.length; i++) {
    used[data[i]] = 1;
  }
  const shades = [...used.keys()].filter((shade) => shade && used[shade]);
  if (shades.length <= EXACT_LEVELS) {
    return shades;
  }
  const [least, most] = [shades[0], shades[shades.length - 1]];
  const inner = Array.from({ length: 15 }, (_, step) => LEVEL_STEP * (step + 1));
  return [least, ...inner.filter((level) => level > least && level < most), most];
}
function smoothRamp(by, level) {
  const round = Math.fround;
  return Uint8Array.from({ length: (by + 1) ** 2 }, (_, square) => {
    const ramp = round(1 - round(round(Math.sqrt(square)) / (by + 1)));
    const smooth = round(round(ramp * ramp) * round(3 - round(2 * ramp)));
    return roundToEven(round(smooth * level));
  });
}
function roundToEven(value) {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || rest === 0.5 && below % 2 === 1 ? below + 1 : below;
}
function strongestOf(data) {
  let most = 0;
  for (const alpha of data) {
    most = Math.max(most, alpha);
  }
  return most;
}
function fillHoles(data, width, height) {
  const most = strongestOf(data);
  const isKept = (i) => data[i] === 0 || 2 * data[i] < most;
  const { labels, count } = labelComponents(isKept, width, height, false);
  const outside = new Uint8Array(count + 1);
  outside[0] = 1;
  for (let x = 0; x < width; x++) {
    outside[labels[x]] = outside[labels[labels.length - 1 - x]] = 1;
  }
  for (let row = 0; row < labels.length; row += width) {
    outside[labels[row]] = outside[labels[row + width - 1]] = 1;
  }
  return data.map((alpha, i) => outside[labels[i]] ? alpha : most);
}
function dropIslands(data, width, height, least) {
  const { labels, count } = labelComponents((i) => data[i] > 0, width, height, true);
  const strongest = new Uint8Array(count + 1);
  for (let i = 0; i < labels.length; i++) {
    strongest[labels[i]] = Math.max(strongest[labels[i]], data[i]);
  }
  const sizes = new Int32Array(count + 1);
  for (let i = 0; i < labels.length; i++) {
    sizes[labels[i]] += data[i] > 0 && 2 * data[i] >= strongest[labels[i]] ? 1 : 0;
  }
  return data.map((alpha, i) => sizes[labels[i]] < least ? 0 : alpha);
}
var BLURS = 3;
function smoothAlpha(data, width, height, by) {
  const radius = Math.max(1, Math.round(by / BLURS));
  let blurred = new Float32Array(data);
  for (let turn = 0; turn < BLURS; turn++) {
    blurred = blurColumns(blurRows(blurred, width, height, radius), width, height, radius);
  }
  const steepness = 1.5 * (2 * radius + 1);
  const most = strongestOf(data);
  const out = new Uint8ClampedArray(data.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = Math.min((blurred[i] - most / 2) * steepness + most / 2, most);
  }
  return new Uint8Array(out.buffer);
}
function blurRows(values, width, height, radius) {
  const out = new Float32Array(values.length);
  const share = 1 / (2 * radius + 1);
  for (let row = 0; row < values.length; row += width) {
    const last = row + width - 1;
    let sum = values[row] * (radius + 1);
    for (let x = 1; x <= radius; x++) {
      sum += values[Math.min(row + x, last)];
    }
    for (let at = row; at <= last; at++) {
      out[at] = sum * share;
      const ahead = at + radius + 1;
      const behind = at - radius;
      sum += values[ahead < last ? ahead : last] - values[behind > row ? behind : row];
    }
  }
  return out;
}
function blurColumns(values, width, height, radius) {
  const out = new Float32Array(values.length);
  const share = 1 / (2 * radius + 1);
  const sums = new Float32Array(width);
  const row = (y) => Math.min(Math.max(y, 0), height - 1) * width;
  for (let y = -radius; y <= radius; y++) {
    addRow(sums, values, row(y), 1);
  }
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      out[y * width + x] = sums[x] * share;
    }
    addRow(sums, values, row(y + radius + 1), 1);
    addRow(sums, values, row(y - radius), -1);
  }
  return out;
}
function addRow(sums, values, from, sign) {
  for (let x = 0; x < sums.length; x++) {
    sums[x] += sign * values[from + x];
  }
}

// javascript/retouch/image/mask.mjs
var Mask = class _Mask {
  #data;
  #runs = null;
  #area = -1;
  /**
   * @param {Box} box in picture pixels
   * @param {Uint8Array} data height * width of the box; handed over, not copied
   */
  constructor(box, data) {
    if (data.length !== areaOf(box)) {
      throw new RangeError(`${data.length} bytes for a box of ${widthOf(box)}x${heightOf(box)}`);
    }
    this.box = Object.freeze({ ...box });
    this.#data = data;
    Object.freeze(this);
  }
  static ofBox(box) {
    return new _Mask(box, new Uint8Array(areaOf(box)).fill(255));
  }
  /** @param {{width: number, height: number, data: Uint8ClampedArray}} pixels alpha where any is not opaque, else luma */
  static fromPixels({ width, height, data }) {
    const alpha = !isOpaque(data);
    const out = new Uint8Array(width * height);
    for (let i = 0, at = 0; i < out.length; i++, at += 4) {
      out[i] = alpha ? data[at + 3] : data[at] * 77 + data[at + 1] * 150 + data[at + 2] * 29 + 128 >> 8;
    }
    return new _Mask(boxOfSize({ width, height }), out).trimmed();
  }
  /**
   * @param {string} base64 of a PNG, or its data URI: gray as it is, else alpha where there is any, else luma
   * @param {Box} box where it lies; without, at the picture's top left
   */
  static async fromPng(base64, box = null) {
    const bytes = fromBase64(base64);
    const header = pngHeader(bytes);
    const gray = header?.channels === 1;
    const { width, height, data } = gray ? await decodePng(bytes) : await decodePixels(new Blob([bytes]));
    const read = gray ? new _Mask(boxOfSize({ width, height }), data) : _Mask.fromPixels({ width, height, data });
    return box ? new _Mask(moveBox(read.box, box.left, box.top), read.data) : read;
  }
  get data() {
    if (!this.#data) {
      this.#data = decodeRuns(this.#runs, areaOf(this.box));
    }
    return this.#data;
  }
  /** Keeps only run lengths until `data` is read again: for states far from the present one. */
  compress() {
    this.#runs ??= encodeRuns(this.#data);
    this.#data = null;
  }
  get width() {
    return widthOf(this.box);
  }
  get height() {
    return heightOf(this.box);
  }
  get empty() {
    return this.data.every((alpha) => alpha === 0);
  }
  /** The least shade of the mask's core: half of its strongest one. Infinite for a blank mask. */
  get half() {
    const most = this.data.reduce((most2, alpha) => Math.max(most2, alpha), 0);
    return most ? most / 2 : Infinity;
  }
  /** Pixels of its core. */
  get area() {
    if (this.#area < 0) {
      const half = this.half;
      this.#area = this.data.reduce((area, alpha) => area + (alpha >= half ? 1 : 0), 0);
    }
    return this.#area;
  }
  at(x, y) {
    return contains(this.box, x, y) ? this.data[(y - this.box.top) * this.width + x - this.box.left] : 0;
  }
  equals(other) {
    const [a, b] = [this.trimmed(), other.trimmed()];
    return isSameBox(a.box, b.box) && a.data.every((alpha, i) => alpha === b.data[i]);
  }
  /** The smallest box around all pixels that differ. */
  differenceTo(other) {
    const box = unionBox(this.box, other.box);
    const [a, b] = [this.read(box), other.read(box)];
    for (let i = 0; i < a.length; i++) {
      a[i] ^= b[i];
    }
    return boundsOf(new _Mask(box, a));
  }
  /** The alpha of any box, a copy; 0 where the mask does not reach. */
  read(box) {
    const out = new Uint8Array(areaOf(box));
    const common = overlap(box, this.box);
    const [width, own] = [widthOf(box), this.width];
    for (let y = common.top; y < common.bottom; y++) {
      const from = (y - this.box.top) * own - this.box.left;
      out.set(
        this.data.subarray(from + common.left, from + common.right),
        (y - box.top) * width + common.left - box.left
      );
    }
    return out;
  }
  cropped(box) {
    return isSameBox(box, this.box) ? this : new _Mask(box, this.read(box));
  }
  /** The same elsewhere. */
  moved(dx, dy) {
    return (dx || dy) && !isEmpty(this.box) ? new _Mask(moveBox(this.box, dx, dy), this.data) : this;
  }
  /** The same on the smallest box. */
  trimmed() {
    return this.cropped(boundsOf(this));
  }
  union(other) {
    return mixMasks(this, other, unionBox(this.box, other.box), Math.max);
  }
  subtract(other) {
    return mixMasks(this, other, this.box, (a, b) => Math.min(a, 255 - b)).trimmed();
  }
  intersect(other) {
    const common = overlap(this.box, other.box);
    return mixMasks(this, other, common, Math.min).trimmed();
  }
  /** @param {Size} size */
  invert(size) {
    return new _Mask(
      boxOfSize(size),
      this.read(boxOfSize(size)).map((alpha) => 255 - alpha)
    ).trimmed();
  }
  /** @param {number} pixels whole; below 0 shrinks */
  grow(pixels, size = null) {
    return pixels < 0 ? this.shrink(-pixels, size) : this.#applyShape(growAlpha, pixels, size);
  }
  shrink(pixels, size = null) {
    return this.#applyShape(shrinkAlpha, pixels, size, 1).trimmed();
  }
  /** Opaque where it was solid, falling smoothly outside over `pixels`. */
  feather(pixels, size = null) {
    return this.#applyShape(featherAlpha, pixels, size);
  }
  /** Teeth and nicks narrower than about `pixels` go. */
  smooth(pixels, size = null) {
    return this.#applyShape(smoothAlpha, pixels, size).trimmed();
  }
  /** Kept areas that do not reach the mask's bounds are filled. */
  fillHoles() {
    return this.#applyShape(fillHoles, 1, null, 0);
  }
  /** Connected parts of fewer than `pixels` solid pixels go. */
  dropIslands(pixels) {
    return this.#applyShape(dropIslands, pixels, null, 0).trimmed();
  }
  #applyShape(shape, amount, size, room = amount) {
    const bounds = boundsOf(this);
    if (amount <= 0 || isEmpty(bounds)) {
      return this;
    }
    const wide = growBox(bounds, room);
    const box = size ? overlap(wide, boxOfSize(size)) : wide;
    return new _Mask(box, shape(this.read(box), widthOf(box), heightOf(box), amount));
  }
  /**
   * @param {Size} size the picture's; without, the mask's own box is written
   * @returns {Promise<string>} base64 of an 8-bit gray PNG, white = repaint, to the bit
   */
  async toPng(size = null) {
    const box = size ? boxOfSize(size) : this.box;
    return toBase64(await encodePng(this.read(box), widthOf(box), heightOf(box), 1));
  }
};
var NOTHING = new Mask(NOWHERE, new Uint8Array(0));
function boundsOf({ box, data, width, height }) {
  const used = (from, step, count) => {
    for (let i = 0, at = from; i < count; i++, at += step) {
      if (data[at]) {
        return true;
      }
    }
    return false;
  };
  const row = (y) => used(y * width, 1, width);
  let [top, bottom] = [0, height];
  while (top < bottom && !row(top)) {
    top++;
  }
  while (bottom > top && !row(bottom - 1)) {
    bottom--;
  }
  const column = (x) => used(top * width + x, width, bottom - top);
  let [left, right] = [0, top < bottom ? width : 0];
  while (left < right && !column(left)) {
    left++;
  }
  while (right > left && !column(right - 1)) {
    right--;
  }
  return right > left ? moveBox(boxOf(left, top, right, bottom), box.left, box.top) : NOWHERE;
}
function mixMasks(a, b, box, mix) {
  const out = a.read(box);
  const common = overlap(box, b.box);
  const [width, theirs, data] = [widthOf(box), widthOf(b.box), b.data];
  for (let y = common.top; y < common.bottom; y++) {
    let to = (y - box.top) * width + common.left - box.left;
    let from = (y - b.box.top) * theirs + common.left - b.box.left;
    for (let x = common.left; x < common.right; x++, to++, from++) {
      out[to] = mix(out[to], data[from]);
    }
  }
  return new Mask(box, out);
}

// javascript/retouch/document/shaped-mask.mjs
var PLAIN_SHAPE = Object.freeze({
  grow: 0,
  feather: 0,
  smooth: 0,
  holes: false,
  islands: 0,
  invert: false
});
var KEPT = 4;
var results = /* @__PURE__ */ new WeakMap();
function shapeMask({ mask, shape }, size = null) {
  if (isPlainShape(shape)) {
    return mask;
  }
  const key = JSON.stringify([shape, size?.width, size?.height]);
  const known = results.get(mask) ?? results.set(mask, /* @__PURE__ */ new Map()).get(mask);
  const result = known.get(key) ?? applyShape(mask, shape, size);
  known.delete(key);
  known.set(key, result);
  if (known.size > KEPT) {
    known.delete(known.keys().next().value);
  }
  return result;
}
function forgetShapes(mask) {
  results.delete(mask);
}
function isPlainShape(shape) {
  return Object.keys(PLAIN_SHAPE).every((knob) => shape[knob] === PLAIN_SHAPE[knob]);
}
function applyShape(mask, { grow, feather, smooth, holes, islands, invert }, size) {
  let out = size ? mask.cropped(overlap(mask.box, boxOfSize(size))) : mask;
  out = holes ? out.fillHoles() : out;
  out = islands > 0 ? out.dropIslands(islands) : out;
  out = smooth > 0 ? out.smooth(smooth, size) : out;
  out = grow ? out.grow(grow, size) : out;
  out = feather > 0 ? out.feather(feather, size) : out;
  return invert && size ? out.invert(size) : out;
}

// javascript/retouch/document/compose.mjs
var pictures = /* @__PURE__ */ new WeakMap();
function composePicture(doc) {
  const steps = doc.steps.filter(({ on }) => on);
  if (!doc.base || !steps.length) {
    return doc.base;
  }
  const last = pictures.get(doc.base);
  if (last && last.steps.length === steps.length && steps.every((step, i) => step === last.steps[i])) {
    return last.pixels;
  }
  const pixels = steps.reduce((under, { patch, mask, box }) => under.put(patch, mask, box), doc.base);
  pictures.set(doc.base, { steps, pixels });
  return pixels;
}
function composeBox(base, steps, box) {
  return steps.reduce((under, step) => putStepInto(under, step, box), base.crop(box));
}
function putStepInto(under, { patch, mask, box: place }, box) {
  const common = overlap(overlap(place, mask.box), box);
  if (isEmpty(common)) {
    return under;
  }
  const here = (there) => moveBox(there, -box.left, -box.top);
  return under.put(patch, new Mask(here(common), mask.read(common)), here(place));
}

// javascript/retouch/document/document.mjs
var NO_BYTES = new Uint8Array(0);
function newDocument(base = null, name = "", infotext = "", baggage = NO_BYTES) {
  return freeze({ base, name, infotext, baggage, steps: [], objects: [], selected: null, sketch: null });
}
function newId() {
  return Array.from(
    crypto.getRandomValues(new Uint8Array(8)),
    (byte) => byte.toString(16).padStart(2, "0")
  ).join("");
}
function objectOf(doc, id) {
  return doc.objects.find((object) => object.id === id) ?? null;
}
function selectedObject(doc) {
  return objectOf(doc, doc.selected);
}
function addObject(doc, fields = {}) {
  const object = freeze({ ...emptyObject(doc), ...fields });
  return freeze({ ...doc, objects: [...doc.objects, object], selected: object.id });
}
function emptyObject(doc) {
  return {
    id: newId(),
    name: nextObjectName(doc),
    mask: NOTHING,
    added: NOTHING,
    cut: NOTHING,
    shape: PLAIN_SHAPE,
    visible: true,
    use: true,
    prompt: "",
    clicks: [],
    box: null,
    candidates: [],
    candidate: 0,
    memory: ""
  };
}
function nextObjectName(doc) {
  const taken = new Set(doc.objects.map(({ name }) => name));
  let number = 1;
  while (taken.has(text("object.numbered", { number }))) {
    number++;
  }
  return text("object.numbered", { number });
}
function removeObject(doc, id) {
  const at = doc.objects.findIndex((object) => object.id === id);
  const objects = doc.objects.filter((object) => object.id !== id);
  const next = objects[Math.min(at, objects.length - 1)]?.id ?? null;
  return freeze({ ...doc, objects, selected: doc.selected === id ? next : doc.selected });
}
function changeObject(doc, id, changes) {
  const objects = doc.objects.map(
    (object) => object.id === id ? freeze({ ...object, ...changes }) : object
  );
  return freeze({ ...doc, objects });
}
function setShape(doc, id, changes) {
  return changeObject(doc, id, { shape: freeze({ ...objectOf(doc, id).shape, ...changes }) });
}
function selectObject(doc, id) {
  return doc.selected === id ? doc : freeze({ ...doc, selected: id });
}
function setCandidates(doc, id, candidates, { memory = "", candidate = 0 } = {}) {
  const object = objectOf(doc, id);
  const mask = applyBrush(object, candidates[candidate] ?? NOTHING);
  return changeObject(doc, id, { candidates, candidate, memory, mask });
}
function nextCandidate(doc, id, by = 1) {
  const { candidates, candidate, memory } = objectOf(doc, id);
  const count = candidates.length;
  const next = count ? ((candidate + by) % count + count) % count : 0;
  return count > 1 ? setCandidates(doc, id, candidates, { memory, candidate: next }) : doc;
}
function addStroke(doc, id, stroke, erase) {
  const object = objectOf(doc, id);
  const changes = erase ? {
    added: object.added.subtract(stroke),
    cut: object.cut.union(stroke),
    mask: object.mask.subtract(stroke)
  } : {
    added: object.added.union(stroke),
    cut: object.cut.subtract(stroke),
    mask: object.mask.union(stroke)
  };
  return changeObject(doc, id, changes);
}
function applyBrush({ added, cut }, mask) {
  return mask.union(added).subtract(cut);
}
function combineObjects(doc, ids, how) {
  const [first, ...others] = ids.map((id) => objectOf(doc, id));
  const masks = others.map((object) => shapeMask(object, doc.base));
  const mask = masks.reduce((sum, other) => sum[how](other), shapeMask(first, doc.base));
  const objects = doc.objects.filter(({ id }) => id === first.id || !ids.includes(id));
  const plain = {
    mask,
    added: mask,
    cut: NOTHING,
    shape: PLAIN_SHAPE,
    clicks: [],
    box: null,
    candidates: [],
    memory: ""
  };
  return selectObject(changeObject({ ...doc, objects }, first.id, plain), first.id);
}
function activeMask(doc) {
  const masks = doc.objects.filter(({ use }) => use).map((object) => shapeMask(object, doc.base));
  return [...masks, sketchMask(doc.sketch)].reduce((sum, mask) => sum.union(mask), NOTHING);
}
function addStep(doc, step) {
  return freeze({ ...doc, steps: [...doc.steps, freeze({ id: newId(), on: true, ...step })] });
}
function toggleStep(doc, id) {
  return changeStep(doc, id, (step) => ({ on: !step.on }));
}
function renameStep(doc, id, name) {
  return changeStep(doc, id, () => ({ name }));
}
function changeStep(doc, id, change) {
  const steps = doc.steps.map((step) => step.id === id ? freeze({ ...step, ...change(step) }) : step);
  return freeze({ ...doc, steps });
}
function removeStep(doc, id) {
  return freeze({ ...doc, steps: doc.steps.filter((step) => step.id !== id) });
}
function setSketch(doc, layer) {
  return freeze({ ...doc, sketch: layer });
}
function sketchMask(layer) {
  if (!layer) {
    return NOTHING;
  }
  const { data } = layer.pixels;
  return new Mask(
    layer.box,
    Uint8Array.from({ length: data.length / 4 }, (_, i) => data[i * 4 + 3])
  );
}
function sketchPixels({ base, sketch }) {
  return sketch && sketch.pixels.crop(moveBox(boxOfSize(base), -sketch.box.left, -sketch.box.top));
}
function compressMasks(doc, present) {
  const near = new Set(present.objects.flatMap(masksOf));
  for (const mask of doc.objects.flatMap(masksOf).filter((mask2) => !near.has(mask2))) {
    forgetShapes(mask);
    mask.compress();
  }
}
function masksOf({ mask, added, cut, candidates }) {
  return [mask, added, cut, ...candidates];
}
function freeze(record) {
  return Object.freeze(record);
}

// javascript/retouch/geometry/box-handles.mjs
var HANDLES = Object.freeze(
  ["left", "", "right"].flatMap((x) => ["top", "", "bottom"].map((y) => Object.freeze({ x, y }))).filter(({ x, y }) => x || y)
);
function handlePoint({ x, y }, box) {
  return {
    x: x ? box[x] : (box.left + box.right) / 2,
    y: y ? box[y] : (box.top + box.bottom) / 2
  };
}
function handleCursor({ x, y }) {
  if (x && y) {
    return x === "left" === (y === "top") ? "nwse-resize" : "nesw-resize";
  }
  return x ? "ew-resize" : "ns-resize";
}

// javascript/retouch/geometry/viewport.mjs
var CLOSEST = 64;
var FARTHEST = 1 / 64;
var IN_SIGHT = 48;
var MARGIN = 16;
function viewportOf(width, height) {
  return Object.freeze({ width, height, x: 0, y: 0, scale: 1 });
}
function fitViewport(view, box) {
  const room = (length) => Math.max(length - 2 * MARGIN, 1);
  const fullScale = Math.min(room(view.width) / widthOf(box), room(view.height) / heightOf(box), 1);
  const scale = Math.max(fullScale, FARTHEST);
  const x = Math.round((view.width - (box.left + box.right) * scale) / 2);
  const y = Math.round((view.height - (box.top + box.bottom) * scale) / 2);
  return Object.freeze({ ...view, x, y, scale });
}
function zoomViewport(view, size, scale, x = view.width / 2, y = view.height / 2) {
  const next = Math.min(Math.max(scale, FARTHEST), CLOSEST);
  const ratio = next / view.scale;
  return keepInSight({ ...view, x: x - (x - view.x) * ratio, y: y - (y - view.y) * ratio, scale: next }, size);
}
function panViewport(view, size, dx, dy) {
  return keepInSight({ ...view, x: view.x + dx, y: view.y + dy }, size);
}
function resizeViewport(view, size, width, height) {
  const x = view.x + (width - view.width) / 2;
  const y = view.y + (height - view.height) / 2;
  return keepInSight({ ...view, width, height, x, y }, size);
}
function revealPoint(view, size, point) {
  const { x, y } = toView(view, point.x, point.y);
  const inside = (at, length) => Math.min(Math.max(at, IN_SIGHT), length - IN_SIGHT) - at;
  return panViewport(view, size, inside(x, view.width), inside(y, view.height));
}
function keepInSight(view, size) {
  const clampOrigin = (at, length, picture) => {
    const least = Math.min(IN_SIGHT, picture);
    return Math.round(Math.min(Math.max(at, least - picture), length - least));
  };
  const x = clampOrigin(view.x, view.width, size.width * view.scale);
  const y = clampOrigin(view.y, view.height, size.height * view.scale);
  return Object.freeze({ ...view, x, y });
}
function toView(view, x, y) {
  return { x: x * view.scale + view.x, y: y * view.scale + view.y };
}
function toPicture(view, x, y) {
  return { x: (x - view.x) / view.scale, y: (y - view.y) / view.scale };
}
function visibleBox(view, size) {
  const from = toPicture(view, 0, 0);
  const to = toPicture(view, view.width, view.height);
  return overlap(boundingBox(from.x, from.y, to.x, to.y), boxOfSize(size));
}
function levelOf(view) {
  return Math.max(0, Math.floor(Math.log2(1 / view.scale)));
}
function boxInView(view, box) {
  const from = toView(view, box.left, box.top);
  const to = toView(view, box.right, box.bottom);
  return boxOf(Math.round(from.x), Math.round(from.y), Math.round(to.x), Math.round(to.y));
}

// javascript/retouch/tools/tool.mjs
var REACH = 9;
var Tool = class {
  /** Whether the keyboard presses with one key and releases with the next. */
  drags = false;
  /** Whether a drag moves the picture, which the pointer input does. */
  pans = false;
  /** The mouse cursor for what lies under it now; null for the tool's own. */
  hoverCursor = null;
  #cursor;
  /**
   * @param {ToolView} view
   * @param {{cursor?: string}} [row] of the table `TOOLS`
   */
  constructor(view, { cursor = "default" } = {}) {
    this.view = view;
    this.#cursor = cursor;
  }
  /** The mouse cursor, in CSS. */
  get cursor() {
    return this.hoverCursor ?? this.#cursor;
  }
  get doc() {
    return this.view.store.doc;
  }
  get object() {
    return selectedObject(this.doc);
  }
  /** @param {Spot} _spot */
  down(_spot) {
  }
  /** While pressed. @param {Spot[]} _spots every place since the last call */
  move(_spots) {
  }
  /** @param {Spot} _spot */
  up(_spot) {
  }
  /** While not pressed. @param {Spot | null} _spot null when the pointer leaves */
  hover(_spot) {
  }
  /** Undoes a press that is under way. */
  cancel() {
  }
  /** @param {Spot} _spot */
  doubleClick(_spot) {
  }
  /** Draws the tool's overlays. @param {OverlayPen} _pen @param {Viewport} _view */
  draw(_pen, _view) {
  }
  activate() {
  }
  deactivate() {
  }
  /** The box, in picture pixels, that a fit of the view shows. @returns {Box} */
  get fittedBox() {
    return boxOfSize(this.doc.base);
  }
  /** @param {string} _key "Delete", "Enter" or "Escape" @returns {boolean} whether the tool used it */
  handleKey(_key) {
    return false;
  }
  /**
   * Goes `by` candidates on, of what is under the pointer.
   *
   * @param {number} _by
   * @returns {boolean} whether there are any
   */
  cycle(_by) {
    return false;
  }
  /** Whether two picture points are one to a person's hand. */
  isNear(a, b, reach = REACH) {
    const { viewport, ratio } = this.view;
    const [p, q] = [toView(viewport, a.x, a.y), toView(viewport, b.x, b.y)];
    return Math.hypot(p.x - q.x, p.y - q.y) <= reach * ratio;
  }
  isInside({ x, y }) {
    return contains(boxOfSize(this.doc.base), x, y);
  }
  /** A spot as a whole pixel of the picture, the nearest where it lies outside. */
  pixelAt({ x, y }) {
    const { width, height } = this.doc.base;
    const within = (at, length) => Math.min(Math.max(Math.floor(at), 0), length - 1);
    return { x: within(x, width), y: within(y, height) };
  }
  /**
   * Makes one undoable step: another prompt for an object. Without clicks and box its candidates are removed at once;
   * else the segmenter's answer is merged into the same step.
   */
  prompt(label, doc, id, changes) {
    const merge = `prompt ${newId()}`;
    const changed = changeObject(doc, id, changes);
    const object = changed.objects.find((one) => one.id === id);
    const asks = object.box !== null || object.clicks.some(({ on }) => on);
    this.view.store.do(label, asks ? changed : setCandidates(changed, id, []), { merge });
    const { clicks, box } = object;
    this.view.emit("prompt", { object: selectedObject(this.doc), clicks, box, merge });
  }
};

// javascript/retouch/tools/box.mjs
var HANDLE = 4;
var SLACK = 3;
var BoxTool = class extends Tool {
  drags = true;
  #drag = null;
  #box() {
    return this.#drag ? this.#drag.box : this.object?.box ?? null;
  }
  #handleAt(spot) {
    const box = this.object?.box;
    return box ? HANDLES.find((handle) => this.isNear(spot, handlePoint(handle, box))) : void 0;
  }
  down(spot) {
    const handle = spot.shift ? void 0 : this.#handleAt(spot);
    this.#drag = { handle, start: spot, box: handle ? this.object.box : null };
  }
  move(spots) {
    if (!this.#drag) {
      return;
    }
    const spot = spots[spots.length - 1];
    const { handle, start, box } = this.#drag;
    if (handle) {
      this.#drag.box = this.#clipToPicture(resizeBox(box, handle, spot));
    } else if (box || !this.isNear(start, spot, SLACK)) {
      this.#drag.box = this.#clipToPicture(boundingBox(start.x, start.y, spot.x, spot.y));
    }
    this.view.redraw();
  }
  #clipToPicture(box) {
    return overlap(box, boxOfSize(this.doc.base));
  }
  up(spot) {
    const { handle, box } = this.#drag ?? {};
    this.#drag = null;
    if (!box || !areaOf(box)) {
      this.view.redraw();
      return;
    }
    const fresh = !handle && (spot.shift || !this.object || hasContent(this.object));
    const doc = fresh ? addObject(this.doc) : this.doc;
    this.prompt(handle ? text("did.changeBox") : text("did.box"), doc, doc.selected, { box });
  }
  cancel() {
    this.#drag = null;
    this.view.redraw();
  }
  hover(spot) {
    const handle = spot && this.#handleAt(spot);
    this.hoverCursor = handle ? handleCursor(handle) : null;
  }
  handleKey(key) {
    const object = this.object;
    if (key !== "Delete" || !object?.box) {
      return false;
    }
    this.prompt(text("did.removeBox"), this.doc, object.id, { box: null });
    return true;
  }
  draw(pen, view) {
    const box = this.#box();
    if (box) {
      pen.box(pen.theme.accent, boxInView(view, box));
      HANDLES.forEach((handle) => {
        const { x, y } = handlePoint(handle, box);
        pen.handle(pen.theme.accent, toView(view, x, y), HANDLE);
      });
    }
  }
};
function hasContent({ mask, box, clicks }) {
  return mask.width > 0 || box !== null || clicks.length > 0;
}
function resizeBox(box, handle, spot) {
  const moved = { ...box };
  if (handle.x) {
    moved[handle.x] = Math.round(spot.x);
  }
  if (handle.y) {
    moved[handle.y] = Math.round(spot.y);
  }
  return boundingBox(moved.left, moved.top, moved.right, moved.bottom);
}

// javascript/retouch/image/colour.mjs
function parseColour(text2) {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text2)?.[1];
  if (!hex) {
    throw new Error(`"${text2}" is not a colour: write it as #rrggbb.`);
  }
  const long = hex.length === 3 ? Array.from(hex, (digit) => digit + digit).join("") : hex;
  return [0, 2, 4].map((at) => parseInt(long.slice(at, at + 2), 16));
}
var THEMES = Object.freeze({
  dark: Object.freeze({
    ground: "#1d1f23",
    checks: ["#5a5d63", "#45484d"],
    accent: "#4aa3ff",
    positive: "#2fbf71",
    negative: "#f0503c",
    warning: "#ffb020",
    halo: "#101114",
    ink: "#ffffff"
  }),
  light: Object.freeze({
    ground: "#d6d8dc",
    checks: ["#ffffff", "#cfd1d5"],
    accent: "#1769d2",
    positive: "#12824a",
    negative: "#c62f1d",
    warning: "#b36b00",
    halo: "#ffffff",
    ink: "#14161a"
  })
});
function themeOf(theme) {
  return THEMES[theme] ?? { ...THEMES.dark, ...theme };
}

// javascript/retouch/image/pixels.mjs
var Pixels = class _Pixels {
  #opaque = null;
  /** @param {Uint8ClampedArray} data height * width * 4; handed over, not copied */
  constructor(width, height, data) {
    if (data.length !== width * height * 4) {
      throw new RangeError(`${data.length} bytes for ${width}x${height} RGBA pixels`);
    }
    this.width = width;
    this.height = height;
    this.data = data;
    Object.freeze(this);
  }
  static filled(width, height, colour = [0, 0, 0, 0]) {
    const data = new Uint8ClampedArray(width * height * 4);
    new Uint32Array(data.buffer).fill(new Uint32Array(Uint8Array.from(colour).buffer)[0]);
    return new _Pixels(width, height, data);
  }
  /** Any picture file the browser reads, upright. Rejects when it cannot be read. */
  static async fromBlob(blob) {
    const { width, height, data } = await decodePixels(blob);
    return new _Pixels(width, height, data);
  }
  /** @returns {Promise<Blob>} PNG, to the bit */
  toBlob() {
    return encodePixels(this);
  }
  get box() {
    return boxOfSize(this);
  }
  get opaque() {
    this.#opaque ??= isOpaque(this.data);
    return this.#opaque;
  }
  /** @returns {number[]} [r, g, b, a] */
  at(x, y) {
    const from = (y * this.width + x) * 4;
    return [...this.data.subarray(from, from + 4)];
  }
  equals({ width, height, data }) {
    return this.width === width && this.height === height && this.data.every((value, i) => value === data[i]);
  }
  /** @param {Box} box transparent black where it leaves the picture */
  crop(box) {
    if (isSameBox(box, this.box)) {
      return this;
    }
    const out = _Pixels.filled(widthOf(box), heightOf(box));
    const common = overlap(box, this.box);
    for (let y = common.top; y < common.bottom; y++) {
      const from = (y * this.width + common.left) * 4;
      const to = ((y - box.top) * out.width + common.left - box.left) * 4;
      out.data.set(this.data.subarray(from, from + widthOf(common) * 4), to);
    }
    return out;
  }
  /**
   * `patch` through `mask`: round(under + (patch - under) * mask / 255), the server's formula. Where the
   * picture is not opaque it becomes so, and the colour has the share that it has of that (blend.py:
   * composite_alpha).
   *
   * @param {Pixels} patch its top left lies at that of `box`
   * @param {Mask} mask in this picture's coordinates
   * @param {Box} box of the patch
   * @returns {Pixels} the same to the bit wherever the mask is 0
   */
  put(patch, mask, box) {
    const common = overlap(overlap(box, mask.box), this.box);
    const out = new _Pixels(this.width, this.height, this.data.slice());
    for (let y = common.top; y < common.bottom; y++) {
      blendRow(out.data, patch.data, mask.data, {
        to: (y * this.width + common.left) * 4,
        over: ((y - box.top) * patch.width + common.left - box.left) * 4,
        alpha: (y - mask.box.top) * widthOf(mask.box) + common.left - mask.box.left,
        count: widthOf(common)
      });
    }
    return out;
  }
};
function blendRow(under, patch, mask, { to, over, alpha, count }) {
  for (let end = alpha + count; alpha < end; alpha++, to += 4, over += 4) {
    const share = mask[alpha] && under[to + 3] < 255 ? raiseAlpha(under, to + 3, mask[alpha]) : mask[alpha];
    for (let c = 0; share && c < 3; c++) {
      under[to + c] = (under[to + c] * (255 - share) + patch[over + c] * share + 127) / 255 | 0;
    }
  }
}
function raiseAlpha(under, at, share) {
  const after = under[at] + ((255 - under[at]) * share + 127) / 255 | 0;
  under[at] = after;
  return (share * 255 + (after >> 1)) / after | 0;
}
function alphaBounds({ width, height, data }, least = 1) {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[(y * width + x) * 4 + 3] >= least) {
        left = Math.min(left, x);
        right = Math.max(right, x + 1);
        top = Math.min(top, y);
        bottom = y + 1;
      }
    }
  }
  return boxOf(left, top, right, bottom);
}

// javascript/retouch/image/sketch-layer.mjs
function renderLayer(layer, live, box) {
  const touched = live && !isEmpty(overlap(live.stroke.bounds, box));
  const there = layer && !isEmpty(overlap(layer.box, box));
  if (!touched && !there) {
    return null;
  }
  const under = there ? layer.pixels.crop(moveBox(box, -layer.box.left, -layer.box.top)) : Pixels.filled(widthOf(box), heightOf(box));
  if (!touched) {
    return under;
  }
  const data = under.data.slice();
  (live.erase ? erasePixels : colourPixels)(data, live.stroke.read(box), live.colour);
  return new Pixels(widthOf(box), heightOf(box), data);
}
function addStrokeToLayer(layer, live) {
  const box = live.erase ? layer?.box : unionBox(layer?.box ?? live.stroke.bounds, live.stroke.bounds);
  const pixels = box && renderLayer(layer, live, box);
  return pixels && trimLayer({ box, pixels });
}
function trimLayer({ box, pixels }) {
  const inner = alphaBounds(pixels);
  return isEmpty(inner) ? null : { box: moveBox(inner, box.left, box.top), pixels: pixels.crop(inner) };
}
function colourPixels(data, stroke, colour) {
  for (let i = 0, at = 0; i < stroke.length; i++, at += 4) {
    if (stroke[i]) {
      const over = stroke[i] / 255;
      const under = data[at + 3] / 255 * (1 - over);
      const sum = over + under;
      for (let c = 0; c < 3; c++) {
        data[at + c] = (colour[c] * over + data[at + c] * under) / sum;
      }
      data[at + 3] = sum * 255;
    }
  }
}
function erasePixels(data, stroke) {
  for (let i = 0, at = 3; i < stroke.length; i++, at += 4) {
    data[at] = data[at] * (255 - stroke[i]) / 255;
  }
}

// javascript/retouch/image/brush-stroke.mjs
var BLOCK = 256;
var SPACING = 0.12;
var THINNEST = 0.1;
var Stroke = class {
  #blocks = /* @__PURE__ */ new Map();
  #columns;
  #frame;
  #last = null;
  #owed = 0;
  /**
   * @param {import("../geometry/box.mjs").Size} size the picture's
   * @param {Brush} brush
   */
  constructor(size, brush) {
    this.brush = brush;
    this.bounds = NOWHERE;
    this.#frame = boxOfSize(size);
    this.#columns = Math.ceil(size.width / BLOCK);
  }
  /**
   * Paints on to the next spot.
   *
   * @param {Spot} spot
   * @returns {Box} what changed
   */
  lineTo(spot) {
    const from = this.#last;
    this.#last = spot;
    if (!from) {
      return this.#dab(spot.x, spot.y, this.#radius(spot.pressure));
    }
    return this.#line(from, spot);
  }
  /** Dabs at even distances, also across many short moves. */
  #line(from, to) {
    const length = Math.hypot(to.x - from.x, to.y - from.y);
    let changed = NOWHERE;
    let at = this.#owed;
    while (at <= length && length > 0) {
      const share = at / length;
      const radius = this.#radius(from.pressure + (to.pressure - from.pressure) * share);
      const [x, y] = [from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share];
      changed = unionBox(changed, this.#dab(x, y, radius));
      at += Math.max(radius * SPACING, 0.5);
    }
    this.#owed = at - length;
    return changed;
  }
  #radius(pressure) {
    return Math.max(this.brush.size / 2 * Math.max(pressure, THINNEST), 0.5);
  }
  #dab(x, y, radius) {
    const box = overlap(
      boundingBox(x - radius - 1, y - radius - 1, x + radius + 1, y + radius + 1),
      this.#frame
    );
    if (isEmpty(box)) {
      return NOWHERE;
    }
    this.bounds = unionBox(this.bounds, box);
    const profile = dabProfile(radius, this.brush);
    this.#eachBlock(box, (block, part, origin) => pressDab(block, part, origin, { x, y, ...profile }));
    return box;
  }
  #eachBlock(box, act) {
    for (let row = Math.floor(box.top / BLOCK); row * BLOCK < box.bottom; row++) {
      for (let column = Math.floor(box.left / BLOCK); column * BLOCK < box.right; column++) {
        const origin = boxOf(column * BLOCK, row * BLOCK, (column + 1) * BLOCK, (row + 1) * BLOCK);
        act(this.#block(row * this.#columns + column), overlap(origin, box), origin);
      }
    }
  }
  #block(key) {
    const block = this.#blocks.get(key) ?? new Uint8Array(BLOCK * BLOCK);
    this.#blocks.set(key, block);
    return block;
  }
  /** The alpha of a box. */
  read(box) {
    const out = new Uint8Array(areaOf(box));
    const width = widthOf(box);
    const inside = overlap(box, this.bounds);
    if (isEmpty(inside)) {
      return out;
    }
    this.#eachBlock(inside, (block, part, origin) => {
      for (let y = part.top; y < part.bottom; y++) {
        const from = (y - origin.top) * BLOCK - origin.left;
        out.set(
          block.subarray(from + part.left, from + part.right),
          (y - box.top) * width + part.left - box.left
        );
      }
    });
    return out;
  }
  toMask() {
    return new Mask(this.bounds, this.read(this.bounds)).trimmed();
  }
};
function dabProfile(radius, { hardness, opacity }) {
  const fall = Math.max(radius * (1 - hardness), 1);
  return { core: Math.max(radius + 0.5 - fall, 0), edge: radius + 0.5, full: Math.round(opacity * 255) };
}
function pressDab(block, part, origin, dab) {
  for (let row = part.top; row < part.bottom; row++) {
    const dy = row + 0.5 - dab.y;
    const start = (row - origin.top) * BLOCK - origin.left;
    const [left, right] = columnsWithin(dab.edge, dy, dab.x, part);
    const [from, to] = columnsWithin(dab.core, dy, dab.x, part);
    if (from < to) {
      fadeRow(block, start, [left, from], dy, dab);
      block.fill(dab.full, start + from, start + to);
      fadeRow(block, start, [to, right], dy, dab);
    } else {
      fadeRow(block, start, [left, right], dy, dab);
    }
  }
}
function columnsWithin(radius, dy, x, part) {
  const half = Math.sqrt(Math.max(radius * radius - dy * dy, 0));
  const from = Math.max(part.left, Math.ceil(x - half - 0.5));
  return half > 0 ? [from, Math.max(from, Math.min(part.right, Math.floor(x + half - 0.5) + 1))] : [0, 0];
}
function fadeRow(block, start, [from, to], dy, { x, core, edge, full }) {
  const scale = 1 / (edge - core);
  for (let column = from; column < to; column++) {
    const dx = column + 0.5 - x;
    const share = Math.min((edge - Math.sqrt(dx * dx + dy * dy)) * scale, 1);
    const alpha = share * share * (3 - 2 * share) * full + 0.5 | 0;
    if (alpha > block[start + column]) {
      block[start + column] = alpha;
    }
  }
}

// javascript/retouch/tools/brush.mjs
var StrokeTool = class extends Tool {
  drags = true;
  #at = null;
  #last = null;
  down(spot) {
    this.#at = spot;
    this.view.live = this.live(new Stroke(this.doc.base, this.view.brush), spot);
    if (spot.shift && this.#last) {
      this.#addSpot({ ...this.#last, pressure: spot.pressure });
    }
    this.#addSpot(spot);
  }
  move(spots) {
    this.#at = spots[spots.length - 1];
    spots.forEach((spot) => this.#addSpot(spot));
  }
  up(spot) {
    const { live } = this.view;
    this.#last = spot;
    if (live && !isEmpty(live.stroke.bounds)) {
      this.commit(live);
    }
    this.view.live = null;
  }
  #addSpot(spot) {
    const { live } = this.view;
    if (live) {
      this.view.invalidateStroke(live.stroke.lineTo(spot));
    }
  }
  cancel() {
    this.view.live = null;
  }
  hover(spot) {
    this.#at = spot;
    this.view.redraw();
  }
  draw(pen, view) {
    if (this.#at) {
      const { size } = this.view.brush;
      const radius = size / 2 * view.scale;
      const centre = toView(view, this.#at.x, this.#at.y);
      pen.ring(this.ink(pen.theme, this.#at), centre, radius, { width: 1 });
      if (radius < 3 * pen.ratio) {
        pen.cross(pen.theme.ink, centre, 6);
      }
    }
  }
};
var BrushTool = class extends StrokeTool {
  /** Whether a stroke without Alt erases. */
  erases = false;
  live(stroke, spot) {
    const object = this.object ?? addObject(this.doc).objects.at(-1);
    return { object, stroke, erase: spot.erase !== this.erases, colour: null };
  }
  /** What is seen is painted: on an inverted mask, adding subtracts from what was selected. */
  commit({ object, stroke, erase }) {
    const doc = objectOf(this.doc, object.id) ? this.doc : addObject(this.doc, object);
    if (erase && doc !== this.doc) {
      return;
    }
    const visible = changeObject(doc, object.id, { visible: true });
    const after = addStroke(visible, object.id, stroke.toMask(), erase !== object.shape.invert);
    this.view.store.do(erase ? text("did.erase") : text("did.brush"), after);
  }
  ink(theme, spot) {
    return spot.erase !== this.erases ? theme.negative : theme.ink;
  }
};
var EraserTool = class extends BrushTool {
  erases = true;
};
var SketchTool = class extends StrokeTool {
  live(stroke, spot) {
    return { object: null, stroke, erase: spot.erase, colour: parseColour(this.view.brush.colour) };
  }
  commit(live) {
    this.view.store.do(
      live.erase ? text("did.eraseSketch") : text("did.sketch"),
      setSketch(this.doc, addStrokeToLayer(this.doc.sketch, live))
    );
  }
  ink(theme, spot) {
    return spot.erase ? theme.negative : this.view.brush.colour;
  }
};

// javascript/retouch/image/half-size.mjs
var LANES = 16711935;
var HALVES = 131074;
var OPAQUE = 255;
function halveRgba(data, width, height) {
  const [wide, high] = [halfOf(width), halfOf(height)];
  const pixels = new Uint32Array(data.buffer, data.byteOffset, width * height);
  const out = new Uint32Array(wide * high);
  for (let y = 0, to = 0; y < high; y++) {
    const above = 2 * y * width;
    const below = Math.min(2 * y + 1, height - 1) * width;
    for (let x = 0; x < width; x += 2, to++) {
      const right = x + 1 < width ? x + 1 : x;
      out[to] = meanOf(
        pixels[above + x],
        pixels[above + right],
        pixels[below + x],
        pixels[below + right]
      );
    }
  }
  return { data: new Uint8ClampedArray(out.buffer), width: wide, height: high };
}
function meanOf(a, b, c, d) {
  if ((a & b & c & d) >>> 24 !== OPAQUE) {
    return weighedMean(a, b, c, d);
  }
  const even = (a & LANES) + (b & LANES) + (c & LANES) + (d & LANES) + HALVES;
  const odd = (a >>> 8 & LANES) + (b >>> 8 & LANES) + (c >>> 8 & LANES) + (d >>> 8 & LANES) + HALVES;
  return even >>> 2 & LANES | (odd >>> 2 & LANES) << 8;
}
function weighedMean(a, b, c, d) {
  const sum = (a >>> 24) + (b >>> 24) + (c >>> 24) + (d >>> 24);
  let out = sum + 2 >> 2 << 24;
  for (let shift = 0; sum && shift < 24; shift += 8) {
    out |= Math.round(
      (weighedChannel(a, shift) + weighedChannel(b, shift) + weighedChannel(c, shift) + weighedChannel(d, shift)) / sum
    ) << shift;
  }
  return out;
}
function weighedChannel(pixel, shift) {
  return (pixel >>> shift & 255) * (pixel >>> 24);
}
function halveAlpha(data, width, height) {
  const [wide, high] = [halfOf(width), halfOf(height)];
  const out = new Uint8Array(wide * high);
  for (let y = 0, to = 0; y < high; y++) {
    const above = 2 * y * width;
    const below = Math.min(2 * y + 1, height - 1) * width;
    for (let x = 0; x < width; x += 2, to++) {
      const right = x + 1 < width ? x + 1 : x;
      out[to] = data[above + x] + data[above + right] + data[below + x] + data[below + right] + 2 >> 2;
    }
  }
  return { data: out, width: wide, height: high };
}
function halveTimes(halved, times, data, width, height) {
  let out = { data, width, height };
  for (let turn = 0; turn < times; turn++) {
    out = halved(out.data, out.width, out.height);
  }
  return out;
}
function halfOf(length) {
  return length + 1 >> 1;
}

// javascript/retouch/tools/everything.mjs
var LONGEST2 = 1024;
var SOLID = 128;
var EverythingTool = class extends Tool {
  #hovered = [];
  #choice = 0;
  #highlight = { region: null, canvas: null };
  /** Smallest first: what is in front of what. */
  #regionsAt(spot) {
    const { x, y } = this.pixelAt(spot);
    const under = this.view.regions.filter(
      ({ mask }) => contains(mask.box, x, y) && mask.at(x, y) >= SOLID
    );
    return under.sort((a, b) => a.mask.area - b.mask.area);
  }
  hover(spot) {
    const under = spot && this.isInside(spot) ? this.#regionsAt(spot) : [];
    const same = under.length === this.#hovered.length && under.every((region, i) => region === this.#hovered[i]);
    if (!same) {
      this.#hovered = under;
      this.#choice = 0;
      this.#announceHover();
    }
  }
  /** The next larger region under the pointer. */
  cycle(by) {
    const count = this.#hovered.length;
    if (count > 1) {
      this.#choice = ((this.#choice + by) % count + count) % count;
      this.#announceHover();
    }
    return count > 0;
  }
  #announceHover() {
    this.view.emit("hover", { region: this.#hovered[this.#choice] ?? null });
    this.view.redraw();
  }
  up(spot) {
    this.hover(spot);
    const region = this.#hovered[this.#choice];
    if (region) {
      this.#takeRegion(region, spot);
    }
  }
  /** A new object whose candidates are all that lay under the pointer; with Shift or Alt part of the selected one. */
  #takeRegion(region, { shift, erase }) {
    const object = selectedObject(this.doc);
    if (object && (shift || erase)) {
      this.view.store.do(
        erase ? text("did.takeAway") : text("did.add"),
        addStroke(this.doc, object.id, region.mask, erase)
      );
      return;
    }
    const candidates = this.#hovered.map(({ mask }) => mask);
    const fields = { mask: region.mask, candidates, candidate: this.#choice };
    this.view.store.do(
      text("did.take"),
      addObject(this.doc, region.label ? { ...fields, name: region.label } : fields)
    );
  }
  draw(pen, view) {
    const region = this.#hovered[this.#choice];
    if (!this.view.regions.includes(region) || !areaOf(region.mask.box)) {
      return;
    }
    const to = boxInView(view, region.mask.box);
    pen.context.globalAlpha = 0.5;
    pen.context.drawImage(this.#highlightCanvas(region, pen.theme), to.left, to.top, widthOf(to), heightOf(to));
    pen.context.globalAlpha = 1;
    const count = this.#hovered.length > 1 ? ` ${this.#choice + 1}/${this.#hovered.length}` : "";
    const at = overlap(to, { left: 0, top: 0, right: view.width, bottom: view.height });
    pen.label(pen.theme.ink, `${region.label || text("object.unknown")}${count}`, {
      x: at.left,
      y: at.top + 24 * pen.ratio
    });
  }
  #highlightCanvas(region, theme) {
    if (this.#highlight.region !== region) {
      this.#highlight = { region, canvas: canvasOf(region.mask, parseColour(theme.accent)) };
    }
    return this.#highlight.canvas;
  }
};
function canvasOf(mask, [red, green, blue]) {
  const times = Math.max(0, Math.ceil(Math.log2(Math.max(mask.width, mask.height) / LONGEST2)));
  const { data, width, height } = halveTimes(halveAlpha, times, mask.data, mask.width, mask.height);
  const pixels = Uint32Array.from(data, (alpha) => alpha << 24 | blue << 16 | green << 8 | red);
  const canvas = new OffscreenCanvas(width, height);
  const image = new ImageData(new Uint8ClampedArray(pixels.buffer), width, height);
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

// javascript/retouch/image/checkerboard.mjs
var CHECK = 8;
function drawCheckerboard(context, area, [light, dark]) {
  context.fillStyle = light;
  context.fillRect(area.left, area.top, widthOf(area), heightOf(area));
  context.fillStyle = dark;
  for (let y = area.top; y < area.bottom; y += CHECK) {
    for (let x = area.left + (y - area.top) / CHECK % 2 * CHECK; x < area.right; x += 2 * CHECK) {
      context.fillRect(x, y, Math.min(CHECK, area.right - x), Math.min(CHECK, area.bottom - y));
    }
  }
}

// javascript/retouch/geometry/margins.mjs
var NO_MARGINS = Object.freeze({ left: 0, top: 0, right: 0, bottom: 0 });
var SIDES = Object.freeze(Object.keys(NO_MARGINS));
var OPPOSITE = Object.freeze({ left: "right", right: "left", top: "bottom", bottom: "top" });
var WIDEST = 16384;
var ASPECTS = Object.freeze(["16:9", "9:16", "4:5", "1:1", "21:9"]);
var SUBJECT = "subject";
var ASPECT = /^\s*(\d+(?:\.\d+)?)\s*[:x/]\s*(\d+(?:\.\d+)?)\s*$/;
var SHARES = { left: 0, top: 0, third: 1 / 3, centre: 0.5, "two thirds": 2 / 3, right: 1, bottom: 1 };
var UNCHANGED_SIZE = Object.freeze({ aspect: "", horizontal: "", vertical: "", margins: NO_MARGINS });
function extendedBox({ width, height }, { left, top, right, bottom }) {
  return boxOf(-left, -top, width + right, height + bottom);
}
function extendedSize(size, margins) {
  const box = extendedBox(size, margins);
  return { width: widthOf(box), height: heightOf(box) };
}
function isZeroMargins(margins) {
  return SIDES.every((side) => margins[side] === 0);
}
function aspectOf(text2) {
  const [, across, down] = ASPECT.exec(text2) ?? [];
  const ratio = Number(across) / Number(down);
  return Number.isFinite(ratio) && ratio > 0 ? ratio : null;
}
function marginsOf({ aspect, horizontal, vertical, margins }, size) {
  if (!aspect) {
    return margins;
  }
  const ratio = aspectOf(aspect);
  if (!ratio) {
    return NO_MARGINS;
  }
  const width = Math.max(size.width, roundHalfToEven(size.height * ratio));
  const height = Math.max(size.height, roundHalfToEven(size.width / ratio));
  const left = offsetInCanvas(horizontal, width, size.width);
  const top = offsetInCanvas(vertical, height, size.height);
  return { left, top, right: width - size.width - left, bottom: height - size.height - top };
}
function roundHalfToEven(value) {
  const whole = Math.round(value);
  return Math.abs(value % 1) === 0.5 && whole % 2 ? whole - 1 : whole;
}
function offsetInCanvas(place, length, own) {
  const room = length - own;
  const share = SHARES[place] ?? SHARES.centre;
  const at = [0, 0.5, 1].includes(share) ? share * room : share * length - own / 2;
  return Math.min(Math.max(Math.floor(at + 0.5), 0), room);
}
function anchorPicture(request, size, changes) {
  const next = { ...request, ...changes };
  if (next.aspect) {
    return next;
  }
  const canvas = extendedSize(size, request.margins);
  const moved = { ...request.margins };
  for (const [place, before, after, length] of [
    [changes.horizontal, "left", "right", "width"],
    [changes.vertical, "top", "bottom", "height"]
  ]) {
    if (place && place !== SUBJECT) {
      moved[before] = offsetInCanvas(place, canvas[length], size[length]);
      moved[after] = canvas[length] - size[length] - moved[before];
    }
  }
  return { ...next, margins: moved };
}
function makeSizeFields({ aspect, horizontal, vertical, margins }, size) {
  const places = { horizontal: horizontal || "centre", vertical: vertical || "centre" };
  if (aspect) {
    return { aspect, ...places };
  }
  return [horizontal, vertical].includes(SUBJECT) ? { ...extendedSize(size, margins), ...places } : { ...margins };
}
function aspectText({ width, height }) {
  const ratio = width / height;
  const isNear = (aspect) => Math.abs(aspectOf(aspect) / ratio - 1) < 5e-3;
  const simple = [1, 2, 3, 4, 5].map((down) => [Math.round(ratio * down), down]).filter(([across]) => across <= 5);
  const plain = ratio >= 1 ? `${ratio.toFixed(2)}:1` : `1:${(1 / ratio).toFixed(2)}`;
  return [...ASPECTS, ...simple.map((pair) => pair.join(":"))].find((aspect) => aspectOf(aspect) && isNear(aspect)) ?? plain;
}

// javascript/retouch/tools/extend-overlay.mjs
var CROPS = 4;
var TINTS = [0.3, 0.42];
var GAP = 26;
var BADGE = 16;
function drawExtension(pen, view, { size, margins, stages, pointed, highlighted }) {
  const canvas = extendedBox(size, margins);
  const place = boxInView(view, canvas);
  if (!isSameBox(canvas, boxOfSize(size))) {
    drawOutside(pen, view, { canvas: place, picture: boxInView(view, boxOfSize(size)) }, stages);
  }
  pen.box(pen.theme.accent, place, { width: 2 });
  stages.forEach((stage) => pen.box(pen.theme.accent, boxInView(view, stage.box), { width: 1 }));
  cropsOf(stages, pointed).forEach((stage) => drawCrop(pen, view, stage, stage.number === pointed));
  stages.forEach((stage) => drawNumber(pen, view, stage));
  if (highlighted) {
    drawHighlight(pen, view, highlighted);
  }
  const { width, height } = extendedSize(size, margins);
  const words = `${width} × ${height}  ·  ${aspectText({ width, height })}`;
  pen.label(pen.theme.accent, words, { x: place.left, y: place.bottom + GAP * pen.ratio });
}
function stageAt(stages, { x, y }) {
  return stages.find(({ box }) => contains(box, x, y))?.number ?? 0;
}
function cropsOf(stages, pointed) {
  return stages.filter(({ number }) => number === pointed || !pointed && stages.length <= CROPS);
}
function drawOutside(pen, view, { canvas, picture }, stages) {
  const { context, theme } = pen;
  context.save();
  context.beginPath();
  for (const box of [canvas, picture]) {
    context.rect(box.left, box.top, widthOf(box), heightOf(box));
  }
  context.clip("evenodd");
  drawCheckerboard(context, overlap(canvas, boxOfSize(view)), theme.checks);
  context.fillStyle = theme.accent;
  stages.forEach((stage, index) => {
    const box = boxInView(view, stage.box);
    context.globalAlpha = TINTS[index % TINTS.length];
    context.fillRect(box.left, box.top, widthOf(box), heightOf(box));
  });
  context.restore();
}
function drawCrop(pen, view, stage, strong) {
  const colour = strong ? pen.theme.warning : pen.theme.accent;
  pen.box(colour, boxInView(view, stage.crop), { dash: [6, 4], width: strong ? 2 : 1 });
}
function drawNumber(pen, view, { number, box }) {
  const { left, top, right, bottom } = boxInView(view, box);
  if (Math.min(right - left, bottom - top) >= BADGE * pen.ratio) {
    pen.badge(pen.theme.accent, String(number), { x: (left + right) / 2, y: (top + bottom) / 2 });
  }
}
function drawHighlight(pen, view, stage) {
  pen.box(pen.theme.warning, boxInView(view, stage.box), { width: 2 });
  drawCrop(pen, view, stage, true);
  drawNumber(pen, view, stage);
}

// javascript/retouch/ui/dom.mjs
var SVG = "http://www.w3.org/2000/svg";
function h(tag, props = {}, ...children) {
  return fill(document.createElement(tag), props, children);
}
function svg(tag, props = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}
function fill(node, props, children) {
  for (const [name, value] of Object.entries(props)) {
    setProp(node, name, value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== void 0 && child !== false));
  return node;
}
function setProp(node, name, value) {
  if (name.startsWith("on")) {
    node.addEventListener(name.slice(2), value);
  } else if (name === "value" || name === "checked" || name === "disabled" || name === "hidden") {
    node[name] = value;
  } else if (name.startsWith("aria-")) {
    node.setAttribute(name, value);
  } else if (value !== false && value !== null && value !== void 0) {
    node.setAttribute(name, value === true ? "" : value);
  }
}
function syncChildren(parent, items, { key, make, update }) {
  const known = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  const wanted = items.map((item) => {
    const name = String(key(item));
    const child = known.get(name) ?? make(item);
    child.dataset.key = name;
    update(child, item);
    return child;
  });
  const stays = new Set(wanted);
  [...parent.children].filter((child) => !stays.has(child)).forEach((child) => child.remove());
  wanted.forEach((child, index) => {
    if (parent.children[index] !== child) {
      parent.insertBefore(child, parent.children[index] ?? null);
    }
  });
}
function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== String(value)) {
    node.setAttribute(name, value);
  }
}
function setValue(input, value) {
  if (input.value !== value) {
    input.value = value;
  }
}
function chooseFile(accept) {
  return new Promise((resolve) => {
    const input = h("input", { type: "file", accept, onchange: () => resolve(input.files[0] ?? null) });
    input.addEventListener("cancel", () => resolve(null));
    input.click();
  });
}
function download(blob, name) {
  const url = URL.createObjectURL(blob);
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 6e4);
}

// javascript/retouch/tools/extend-handles.mjs
var STEP = 8;
var FAR = 64;
var ARROWS = { ArrowLeft: ["x", -1], ArrowRight: ["x", 1], ArrowUp: ["y", -1], ArrowDown: ["y", 1] };
var NAMES = {
  left: "handles.left",
  right: "handles.right",
  top: "handles.top",
  bottom: "handles.bottom",
  "top left": "handles.topLeft",
  "top right": "handles.topRight",
  "bottom left": "handles.bottomLeft",
  "bottom right": "handles.bottomRight"
};
var ADDED = {
  left: "handles.left.added",
  right: "handles.right.added",
  top: "handles.top.added",
  bottom: "handles.bottom.added"
};
var ExtendHandles = class {
  #parts;
  /**
   * @param {import("./tool.mjs").ToolView} view
   * @param {(change: {handle: Handle, offset: {x: number, y: number}, both: boolean}) => void} onMove
   */
  constructor(view, onMove) {
    Object.assign(this, { view, onMove });
    this.#parts = HANDLES.map((handle) => ({ handle, element: this.#makeElement(handle) }));
    const elements = this.#parts.map(({ element }) => element);
    const label = text("handles.label");
    this.element = h("div", { class: "rt-handles", role: "group", "aria-label": label, hidden: true }, elements);
    view.element.after(this.element);
  }
  #makeElement(handle) {
    const name = makeHandleName(handle);
    return h("div", {
      class: "rt-handle",
      role: "slider",
      tabindex: 0,
      "aria-label": name,
      "aria-valuemin": 0,
      "aria-valuemax": WIDEST,
      "aria-valuenow": 0,
      "data-testid": `handle-${[...sidesOf(handle), kindOf(handle)].join("-")}`,
      onkeydown: (event) => this.#handleKey(event, handle)
    });
  }
  /** Arrow keys move a handle, Home puts it back on the picture, Escape all of them. */
  #handleKey(event, handle) {
    const [axis, sign] = ARROWS[event.key] ?? [];
    if (handle[axis]) {
      const step = event.ctrlKey ? 1 : event.shiftKey ? FAR : STEP;
      this.onMove({ handle, offset: { x: 0, y: 0, [axis]: sign * step }, both: event.altKey });
    } else if (event.key === "Home" || event.key === "Delete") {
      const { margins } = this.view.extension;
      const back = Object.fromEntries(sidesOf(handle).map((side) => [side, 0]));
      this.view.emit("margins", { margins: { ...margins, ...back } });
    } else if (event.key === "Escape") {
      this.view.emit("margins", { margins: NO_MARGINS });
    } else if (!axis) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
  /** @param {{size: Size, margins: Margins}} canvas */
  place(view, ratio, { size, margins }) {
    const box = extendedBox(size, margins);
    const { width, height } = extendedSize(size, margins);
    this.element.hidden = false;
    for (const { handle, element } of this.#parts) {
      const spot = handlePoint(handle, box);
      const { x, y } = toView(view, spot.x, spot.y);
      element.style.transform = `translate(${x / ratio}px, ${y / ratio}px)`;
      const amounts = sidesOf(handle).map((side) => text(ADDED[side], { count: margins[side] }));
      setAttribute(element, "aria-valuenow", Math.max(...sidesOf(handle).map((side) => margins[side])));
      setAttribute(element, "aria-valuetext", text("handles.value", { pixels: amounts.join(", "), width, height }));
    }
  }
  remove() {
    this.element.remove();
  }
};
function sidesOf({ x, y }) {
  return [y, x].filter(Boolean);
}
function makeHandleName(handle) {
  return text(NAMES[sidesOf(handle).join(" ")]);
}
function kindOf({ x, y }) {
  return x && y ? "corner" : "edge";
}

// javascript/retouch/geometry/drag-margins.mjs
var CELL = 8;
var AXES = [
  { along: "x", length: "width", sides: ["left", "right"] },
  { along: "y", length: "height", sides: ["top", "bottom"] }
];
function dragMargin(size, margins, handle, offset, how = {}) {
  return how.keep ? scaleCanvas(size, margins, handle, { offset, ...how }) : moveHandle(margins, handle, offset, how);
}
function slidePicture(margins, offset, { exact: exact2 = false } = {}) {
  return AXES.reduce((now, { along, sides: [before, after] }) => {
    const both = margins[before] + margins[after];
    const at = clampMargin(snapToCell(margins[before] + offset[along], exact2), both);
    return { ...now, [before]: at, [after]: both - at };
  }, margins);
}
function moveHandle(margins, handle, offset, { both = false, exact: exact2 = false }) {
  const next = { ...margins };
  for (const { along } of AXES) {
    const side = handle[along];
    if (side) {
      next[side] = clampMargin(snapToCell(margins[side] + outward(side, offset[along]), exact2));
      const other = OPPOSITE[side];
      next[other] = both ? clampMargin(margins[other] + next[side] - margins[side]) : next[other];
    }
  }
  return next;
}
function scaleCanvas(size, margins, handle, { offset, both = false }) {
  const canvas = extendedSize(size, margins);
  const axes = AXES.map((axis) => ({ ...axis, shares: sharesOf(axis, handle, both), of: canvas[axis.length] }));
  const factors = axes.filter(({ along }) => handle[along]).map(({ along, of }) => 1 + outward(handle[along], offset[along]) * (both ? 2 : 1) / of);
  const least = Math.max(...axes.map(({ shares, of }) => 1 - slackOf(margins, shares) / of));
  const factor = Math.max(...factors, least);
  return axes.reduce((now, { shares, of }) => distributePixels(now, shares, Math.round(of * (factor - 1))), {
    ...margins
  });
}
function sharesOf({ along, sides }, handle, both) {
  return handle[along] && !both ? [[handle[along], 1]] : sides.map((side) => [side, 0.5]);
}
function slackOf(margins, shares) {
  return Math.min(...shares.map(([side, share]) => margins[side] / share));
}
function distributePixels(margins, shares, pixels) {
  let left = pixels;
  const next = { ...margins };
  shares.forEach(([side, share], index) => {
    const part = index === shares.length - 1 ? left : Math.round(pixels * share);
    next[side] = clampMargin(next[side] + part);
    left -= part;
  });
  return next;
}
function outward(side, offset) {
  return side === "left" || side === "top" ? -offset : offset;
}
function snapToCell(pixels, exact2) {
  const cell = exact2 ? 1 : CELL;
  return Math.round(pixels / cell) * cell;
}
function clampMargin(pixels, most = WIDEST) {
  return Math.min(Math.max(pixels, 0), most);
}

// javascript/retouch/tools/extend.mjs
var REACH2 = 9;
var ROOM = 0.22;
var ITSELF = Object.freeze({ x: "", y: "" });
var ExtendTool = class extends Tool {
  drags = true;
  #drag = null;
  #hoveredStage = 0;
  #handles = null;
  activate() {
    this.#handles = new ExtendHandles(this.view, (change) => this.#nudge(change));
    this.view.fit();
  }
  deactivate() {
    this.#handles?.remove();
    this.#handles = null;
    this.view.camera.refit();
  }
  get #margins() {
    return this.view.extension.margins;
  }
  get #canvas() {
    return extendedBox(this.doc.base, this.#margins);
  }
  get fittedBox() {
    const { left, top, right, bottom } = this.#canvas;
    return growBox(this.#canvas, Math.ceil(Math.max(right - left, bottom - top) * ROOM));
  }
  /** Everything of the canvas in sight, handles and all: it was typed, or dragged to the end of the view. */
  reveal() {
    const { viewport, ratio } = this.view;
    if (this.#drag || !this.doc.base) {
      return;
    }
    const place = growBox(boxInView(viewport, this.#canvas), REACH2 * ratio);
    if (!isSameBox(place, overlap(place, boxOfSize(viewport)))) {
      this.view.fit();
    }
  }
  #handleAt(spot) {
    return HANDLES.find((handle) => this.isNear(spot, handlePoint(handle, this.#canvas))) ?? this.#edgeAt(spot) ?? (!isZeroMargins(this.#margins) && this.isInside(spot) ? ITSELF : null);
  }
  /** An edge can be taken all along. */
  #edgeAt({ x, y }) {
    const { viewport, ratio } = this.view;
    const reach = REACH2 * ratio / viewport.scale;
    const canvas = this.#canvas;
    const isNear = (a, b) => Math.abs(a - b) <= reach;
    if (!contains(growBox(canvas, reach), x, y)) {
      return null;
    }
    const across = ["left", "right"].find((side) => isNear(x, canvas[side])) ?? "";
    const down = ["top", "bottom"].find((side) => isNear(y, canvas[side])) ?? "";
    return across || down ? { x: across, y: down } : null;
  }
  down(spot) {
    const handle = this.#handleAt(spot);
    this.#drag = handle && { handle, start: spot, margins: this.#margins };
    this.hoverCursor = this.#cursorFor(handle);
  }
  move(spots) {
    if (this.#drag) {
      const spot = spots[spots.length - 1];
      const { handle, start, margins } = this.#drag;
      this.#setMargins(margins, handle, { x: spot.x - start.x, y: spot.y - start.y }, howOf(spot));
    }
  }
  #setMargins(margins, handle, offset, how) {
    const next = handle === ITSELF ? slidePicture(margins, offset, how) : dragMargin(this.doc.base, margins, handle, offset, how);
    this.view.emit("margins", { margins: next });
  }
  /** What was dragged to the end of the view, or beyond, can be dragged farther. */
  up(spot) {
    const { viewport, ratio } = this.view;
    const { x, y } = toView(viewport, spot.x, spot.y);
    const dragged = this.#drag !== null;
    this.#drag = null;
    if (dragged && !contains(growBox(boxOfSize(viewport), -2 * REACH2 * ratio), x, y)) {
      this.reveal();
    }
  }
  cancel() {
    const before = this.#drag?.margins;
    this.#drag = null;
    if (before) {
      this.view.emit("margins", { margins: before });
    }
  }
  hover(spot) {
    this.hoverCursor = this.#cursorFor(spot && this.#handleAt(spot));
    const pointed = spot ? stageAt(this.view.extension.stages, spot) : 0;
    if (pointed !== this.#hoveredStage) {
      this.#hoveredStage = pointed;
      this.view.redraw();
    }
  }
  #cursorFor(handle) {
    return handle === ITSELF ? "move" : handle ? handleCursor(handle) : null;
  }
  handleKey(key) {
    if (key !== "Escape" || isZeroMargins(this.#margins)) {
      return false;
    }
    this.view.emit("margins", { margins: NO_MARGINS });
    return true;
  }
  /** A handle moved with the keyboard. */
  #nudge({ handle, offset, both }) {
    this.#setMargins(this.#margins, handle, offset, { both, exact: true });
    this.view.camera.reveal(handlePoint(handle, this.#canvas));
  }
  draw(pen, view) {
    const { margins, stages, highlighted } = this.view.extension;
    drawExtension(pen, view, { size: this.doc.base, margins, stages, highlighted, pointed: this.#hoveredStage });
    this.#handles?.place(view, this.view.ratio, { size: this.doc.base, margins });
  }
};
function howOf({ shift, alt, ctrl }) {
  return { keep: shift, both: alt, exact: ctrl };
}

// javascript/retouch/image/polygon-mask.mjs
var LINES = 4;
function makePolygonMask(points, size) {
  if (points.length < 3) {
    return NOTHING;
  }
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const all = boundingBox(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys));
  const box = overlap(all, boxOfSize(size));
  if (isEmpty(box)) {
    return NOTHING;
  }
  return new Mask(
    boxOf(box.left, box.top, box.right, box.bottom),
    fillRows(edgesOf(points), box)
  ).trimmed();
}
function edgesOf(points) {
  return points.flatMap((from, i) => {
    const to = points[(i + 1) % points.length];
    if (from.y === to.y) {
      return [];
    }
    const [top, low, turn] = from.y < to.y ? [from, to, 1] : [to, from, -1];
    return [{ x: top.x, y0: top.y, y1: low.y, slope: (low.x - top.x) / (low.y - top.y), turn }];
  });
}
function fillRows(edges, box) {
  const [width, height] = [widthOf(box), heightOf(box)];
  const out = new Uint8Array(width * height);
  const sums = new Float32Array(width);
  const sorted = edges.sort((a, b) => a.y0 - b.y0);
  for (let row = 0; row < height; row++) {
    const near = sorted.filter(({ y0, y1 }) => y1 > box.top + row && y0 < box.top + row + 1);
    sums.fill(0);
    for (let line = 0; line < LINES; line++) {
      coverLine(sums, near, box.top + row + (line + 0.5) / LINES, box.left);
    }
    for (let x = 0; x < width; x++) {
      out[row * width + x] = Math.min(255, Math.round(sums[x] * 255 / LINES));
    }
  }
  return out;
}
function coverLine(sums, edges, y, left) {
  const crossings = edges.filter(({ y0, y1 }) => y0 <= y && y < y1).map(({ x, y0, slope, turn }) => ({ x: x + (y - y0) * slope - left, turn })).sort((a, b) => a.x - b.x);
  for (let i = 0, turns = 0; i + 1 < crossings.length; i++) {
    turns += crossings[i].turn;
    if (turns !== 0) {
      addSpan(sums, Math.max(crossings[i].x, 0), Math.min(crossings[i + 1].x, sums.length));
    }
  }
}
function addSpan(sums, from, to) {
  for (let x = Math.floor(from); x < to; x++) {
    sums[x] += Math.min(x + 1, to) - Math.max(x, from);
  }
}

// javascript/retouch/tools/lasso.mjs
var SLACK2 = 4;
var LassoTool = class extends Tool {
  #points = [];
  #erase = false;
  #press = null;
  #pointer = null;
  down(spot) {
    if (!this.#points.length) {
      this.#erase = spot.erase;
    }
    this.#press = { spot, drawn: false, first: !this.#points.length };
    this.#points.push(pointOf(spot));
    this.#show(spot);
  }
  move(spots) {
    const last = spots[spots.length - 1];
    if (this.#press) {
      this.#press.drawn ||= !this.isNear(this.#press.spot, last, SLACK2);
      if (this.#press.drawn) {
        this.#points.push(...spots.map(pointOf));
      }
    }
    this.#show(last);
  }
  /** A drag from nothing closes by itself, a corner on the first one closes, too. */
  up(spot) {
    const { drawn, first } = this.#press ?? {};
    this.#press = null;
    const closes = !first && this.#points.length > 2 && this.isNear(this.#points[0], spot);
    if (drawn && first || closes) {
      this.#close();
    }
    this.#show(spot);
  }
  doubleClick() {
    this.#close();
  }
  hover(spot) {
    if (this.#points.length) {
      this.#show(spot);
    }
  }
  handleKey(key) {
    if (!this.#points.length) {
      return false;
    }
    if (key === "Enter") {
      this.#close();
    } else if (key === "Escape") {
      this.cancel();
    } else if (key === "Delete") {
      this.#points.pop();
      this.view.redraw();
    }
    return true;
  }
  cancel() {
    this.#points = [];
    this.#press = null;
    this.view.redraw();
  }
  #show(pointer) {
    this.#pointer = pointer;
    this.view.redraw();
  }
  #close() {
    const mask = makePolygonMask(this.#points, this.doc.base);
    const erase = this.#erase;
    this.cancel();
    if (mask.width && (this.object || !erase)) {
      const doc = this.object ? this.doc : addObject(this.doc);
      const inverts = objectOf(doc, doc.selected).shape.invert;
      this.view.store.do(
        erase ? text("did.lassoAway") : text("did.lasso"),
        addStroke(doc, doc.selected, mask, erase !== inverts)
      );
    }
  }
  draw(pen, view) {
    if (this.#points.length) {
      const line = this.#pointer ? [...this.#points, this.#pointer] : this.#points;
      const colour = this.#erase ? pen.theme.negative : pen.theme.accent;
      pen.path(
        colour,
        line.map(({ x, y }) => toView(view, x, y))
      );
      pen.handle(colour, toView(view, this.#points[0].x, this.#points[0].y), 4);
    }
  }
};
function pointOf({ x, y }) {
  return { x, y };
}

// javascript/retouch/tools/pan.mjs
var PanTool = class extends Tool {
  pans = true;
};

// javascript/retouch/tools/point.mjs
var RADIUS = 7;
var HABIT_MS = 500;
var PointTool = class extends Tool {
  #dragged = null;
  #pressed = null;
  #current = -1;
  #added = 0;
  /** The points as they are shown: one that is dragged, at the pointer. */
  #clicks() {
    const clicks = this.object?.clicks ?? [];
    return this.#dragged ? clicks.map((click, i) => i === this.#dragged.index ? this.#dragged.click : click) : clicks;
  }
  #hit(spot) {
    const clicks = this.#clicks();
    return clicks.findLastIndex(({ x, y }) => this.isNear(spot, { x: x + 0.5, y: y + 0.5 }));
  }
  down(spot) {
    const index = this.#hit(spot);
    if (index >= 0) {
      this.#dragged = { index, click: this.object.clicks[index], toggles: spot.ctrl, moved: false };
      this.#current = index;
    }
    this.#pressed = index < 0 && this.isInside(spot) ? spot : null;
    this.view.redraw();
  }
  move(spots) {
    if (this.#dragged) {
      const { x, y } = this.pixelAt(spots[spots.length - 1]);
      const { click } = this.#dragged;
      this.#dragged.moved ||= x !== click.x || y !== click.y;
      this.#dragged.click = { ...click, x, y };
      this.view.redraw();
    }
  }
  /** Only now, for a second finger may yet make it a pinch. */
  up() {
    const [dragged, fresh, clicks] = [this.#dragged, this.#pressed, this.#clicks()];
    this.#dragged = this.#pressed = null;
    if (dragged?.moved) {
      this.prompt(text("did.movePoint"), this.doc, this.object.id, { clicks });
    } else if (dragged?.toggles) {
      this.#toggle(dragged.index);
    } else if (fresh) {
      this.#add(fresh);
    }
  }
  cancel() {
    this.#dragged = this.#pressed = null;
    this.view.redraw();
  }
  doubleClick(spot) {
    const index = this.#hit(spot);
    if (index >= 0 && performance.now() - this.#added > HABIT_MS) {
      this.#remove(index);
    }
  }
  handleKey(key) {
    const count = this.object?.clicks.length ?? 0;
    if (key !== "Delete" || !count) {
      return false;
    }
    this.#remove(this.#current < count && this.#current >= 0 ? this.#current : count - 1);
    return true;
  }
  #add(spot) {
    const click = { ...this.pixelAt(spot), positive: !spot.erase, on: true };
    const fresh = spot.shift || !this.object;
    const doc = fresh ? addObject(this.doc) : this.doc;
    const clicks = fresh ? [click] : [...this.object.clicks, click];
    this.#current = clicks.length - 1;
    this.#added = performance.now();
    this.prompt(text("did.point"), doc, doc.selected, { clicks });
  }
  #toggle(index) {
    const clicks = this.object.clicks.map(
      (click, i) => i === index ? { ...click, on: !click.on } : click
    );
    this.prompt(text("did.togglePoint"), this.doc, this.object.id, { clicks });
  }
  #remove(index) {
    this.#current = -1;
    const clicks = this.object.clicks.filter((_, i) => i !== index);
    this.prompt(text("did.removePoint"), selectObject(this.doc, this.object.id), this.object.id, { clicks });
  }
  draw(pen, view) {
    for (const { x, y, positive, on } of this.#clicks()) {
      const colour = positive ? pen.theme.positive : pen.theme.negative;
      pen.dot(colour, toView(view, x + 0.5, y + 0.5), { radius: RADIUS, on, sign: positive ? 1 : -1 });
    }
  }
};

// javascript/retouch/tools/index.mjs
var TOOLS = Object.freeze([
  {
    name: "point",
    label: text("tool.point"),
    key: "W",
    tip: text("tool.point.tip"),
    icon: "point",
    cursor: "crosshair",
    options: ["pointing"],
    class: PointTool
  },
  {
    name: "box",
    label: text("tool.box"),
    key: "M",
    tip: text("tool.box.tip"),
    icon: "box",
    cursor: "crosshair",
    options: ["pointing"],
    class: BoxTool
  },
  {
    name: "everything",
    label: text("tool.everything"),
    key: "A",
    tip: text("tool.everything.tip"),
    icon: "everything",
    cursor: "pointer",
    options: ["pointing"],
    class: EverythingTool
  },
  {
    name: "lasso",
    label: text("tool.lasso"),
    key: "L",
    tip: text("tool.lasso.tip"),
    icon: "lasso",
    cursor: "crosshair",
    options: [],
    class: LassoTool
  },
  {
    name: "brush",
    label: text("tool.brush"),
    key: "B",
    tip: text("tool.brush.tip"),
    icon: "brush",
    cursor: "none",
    options: ["brush"],
    class: BrushTool
  },
  {
    name: "eraser",
    label: text("tool.eraser"),
    key: "E",
    tip: text("tool.eraser.tip"),
    icon: "eraser",
    cursor: "none",
    options: ["brush"],
    class: EraserTool
  },
  {
    name: "sketch",
    label: text("tool.sketch"),
    key: "S",
    tip: text("tool.sketch.tip"),
    icon: "palette",
    cursor: "none",
    options: ["brush", "colour"],
    class: SketchTool
  },
  {
    name: "extend",
    label: text("tool.extend"),
    key: "O",
    tip: text("tool.extend.tip"),
    icon: "extend",
    cursor: "default",
    options: [],
    class: ExtendTool
  },
  {
    name: "pan",
    label: text("tool.pan"),
    key: "H",
    tip: text("tool.pan.tip"),
    icon: "hand",
    cursor: "grab",
    options: [],
    class: PanTool
  }
].map(Object.freeze));
function makeTools(view) {
  return Object.fromEntries(TOOLS.map((row) => [row.name, new row.class(view, row)]));
}

// javascript/retouch/shortcuts.mjs
var GROUPS = {
  tools: text("shortcuts.group.tools"),
  mask: text("shortcuts.group.mask"),
  paint: text("shortcuts.group.paint"),
  extend: text("shortcuts.group.extend"),
  view: text("shortcuts.group.view"),
  document: text("shortcuts.group.document")
};
var EXTEND_KEYS = [
  [text("shortcuts.extend.aspect"), "Shift+Drag"],
  [text("shortcuts.extend.both"), "Alt+Drag"],
  [text("shortcuts.extend.pixels"), "Ctrl+Drag"],
  [text("shortcuts.extend.next"), "Tab"],
  [text("shortcuts.extend.move"), "Arrows", "Shift+Arrows"],
  [text("shortcuts.extend.back"), "Home"],
  [text("shortcuts.extend.allBack"), "Escape"],
  [text("shortcuts.extend.now"), "Enter"]
];
function makeShortcuts(commands, conditions) {
  return [
    ...toolShortcuts(commands),
    ...maskShortcuts(commands, conditions),
    ...paintShortcuts(commands, conditions),
    ...extendShortcuts(),
    ...viewShortcuts(commands),
    ...documentShortcuts(commands)
  ];
}
function toolShortcuts(commands) {
  return [
    ...TOOLS.map(({ name, label, key }) => ({
      group: GROUPS.tools,
      label,
      keys: [key],
      run: () => commands.setTool(name)
    })),
    { group: GROUPS.tools, label: text("shortcuts.find"), keys: ["T"], run: commands.focusTextPrompt },
    { group: GROUPS.tools, label: text("shortcuts.swap"), keys: ["X"], run: commands.swapAddSubtract },
    {
      group: GROUPS.tools,
      label: text("shortcuts.brushSize"),
      keys: ["[", "]"],
      run: (e) => commands.scaleBrush(e.key === "[" ? 1 / 1.2 : 1.2)
    }
  ];
}
function maskShortcuts(commands, conditions) {
  return [
    {
      group: GROUPS.mask,
      label: text("shortcuts.candidate"),
      keys: ["Tab"],
      when: conditions.hasCandidates,
      run: () => commands.cycleCandidate(1)
    },
    { group: GROUPS.mask, label: text("shortcuts.candidateWheel"), keys: ["Alt+Wheel"], run: () => {
    } },
    { group: GROUPS.mask, label: text("shortcuts.newObject"), keys: ["Shift+N"], run: commands.newObject },
    { group: GROUPS.mask, label: text("shortcuts.deselect"), keys: ["Ctrl+D"], run: commands.deselect },
    { group: GROUPS.mask, label: text("shortcuts.invert"), keys: ["Ctrl+I"], run: commands.invertMask },
    {
      group: GROUPS.mask,
      label: text("shortcuts.deleteObject"),
      keys: ["Delete", "Backspace"],
      run: commands.deleteObject
    }
  ];
}
function paintShortcuts(commands, conditions) {
  return [
    ...[1, 2, 3, 4, 5].map((n) => ({
      group: n === 1 ? GROUPS.paint : "",
      label: text("shortcuts.intents"),
      keys: [`Alt+${n}`],
      listedKeys: ["Alt+1", "Alt+5"],
      run: () => commands.runIntent(n - 1)
    })),
    {
      group: GROUPS.paint,
      label: text("shortcuts.enter"),
      keys: ["Enter"],
      early: true,
      first: conditions.hasVariations,
      when: conditions.isCrosshairHidden,
      run: commands.keepOrRun
    },
    {
      group: GROUPS.paint,
      label: text("shortcuts.variation"),
      keys: ["ArrowLeft", "ArrowRight"],
      early: true,
      when: conditions.isChoosing,
      run: (e) => commands.stepVariation(e.key === "ArrowLeft" ? -1 : 1)
    },
    {
      group: GROUPS.paint,
      label: text("shortcuts.more"),
      keys: ["N"],
      when: conditions.hasVariations,
      run: commands.paintMore
    },
    {
      group: GROUPS.paint,
      label: text("shortcuts.discard"),
      keys: ["Escape"],
      when: conditions.hasVariations,
      run: commands.discardVariations
    }
  ];
}
function extendShortcuts() {
  return [
    ...EXTEND_KEYS.map(([label, ...listedKeys]) => ({
      group: GROUPS.extend,
      label,
      keys: [],
      listedKeys,
      run: () => {
      }
    }))
  ];
}
function viewShortcuts(commands) {
  return [
    {
      group: GROUPS.view,
      label: text("shortcuts.before"),
      keys: ["C"],
      run: () => commands.showBefore(true),
      up: () => commands.showBefore(false)
    },
    { group: GROUPS.view, label: text("shortcuts.pan"), keys: ["Space"], run: commands.focusCanvas },
    {
      group: GROUPS.view,
      label: text("shortcuts.crosshair"),
      keys: ["Arrows"],
      run: () => {
      }
    },
    { group: GROUPS.view, label: text("shortcuts.fit"), keys: ["F", "Ctrl+0"], run: commands.fitView },
    { group: GROUPS.view, label: text("shortcuts.full"), keys: ["1"], run: commands.zoomToFull },
    {
      group: GROUPS.view,
      label: text("shortcuts.zoom"),
      keys: ["+", "-", "="],
      run: (e) => commands.zoomBy(e.key === "-" ? 1 / 1.25 : 1.25)
    },
    { group: GROUPS.view, label: text("shortcuts.overlay"), keys: ["Q"], run: commands.toggleOverlay }
  ];
}
function documentShortcuts(commands) {
  return [
    { group: GROUPS.document, label: text("shortcuts.undo"), keys: ["Ctrl+Z"], run: commands.undo },
    { group: GROUPS.document, label: text("shortcuts.redo"), keys: ["Ctrl+Shift+Z", "Ctrl+Y"], run: commands.redo },
    { group: GROUPS.document, label: text("shortcuts.open"), keys: ["Ctrl+O"], run: commands.openFile },
    { group: GROUPS.document, label: text("shortcuts.save"), keys: ["Ctrl+S"], run: commands.savePicture },
    { group: GROUPS.document, label: text("shortcuts.saveHistory"), keys: ["Ctrl+Shift+S"], run: commands.saveHistory },
    { group: GROUPS.document, label: text("shortcuts.help"), keys: ["?"], run: commands.showHelp }
  ];
}

// javascript/retouch/server/client.mjs
var ServerError = class extends Error {
  /** `answer` is the body of the response: {error, path, what, hint}. */
  constructor(status, answer) {
    super([answer.what, answer.hint].filter(Boolean).join(" ") || text("server.status", { status }));
    this.status = status;
    this.path = answer.path ?? "";
  }
};
var OfflineError = class extends Error {
  constructor() {
    super(text("server.silent"));
  }
};
var isPictureForgotten = (error) => error instanceof ServerError && error.status === 404 && error.path === "image_id";
var ServerClient = class extends EventTarget {
  #pictureIds = /* @__PURE__ */ new WeakMap();
  #reconnection = null;
  constructor(root, encode, { fetch: fetch2 = globalThis.fetch.bind(globalThis), wait = 1500 } = {}) {
    super();
    Object.assign(this, { root, encode, fetch: fetch2, wait });
  }
  get(path, signal) {
    return this.#call(path, { signal });
  }
  post(path, body, signal) {
    const headers = { "Content-Type": "application/json" };
    return this.#call(path, { method: "POST", headers, body: JSON.stringify(body), signal });
  }
  /** The bytes of a file of the server's. */
  async getBytes(path) {
    const answer = await this.#request(path, {});
    if (!answer.ok) {
      throw new ServerError(answer.status, await answer.json().catch(() => ({})));
    }
    return new Uint8Array(await answer.arrayBuffer());
  }
  /** POST with a picture's id. The picture is sent first where the server does not have it. */
  async postWithPicture(pixels, path, body, signal) {
    try {
      return await this.post(path, { image_id: await this.send(pixels), ...body }, signal);
    } catch (error) {
      if (!isPictureForgotten(error)) {
        throw error;
      }
      this.#pictureIds.delete(pixels);
      const known = body.memory ? { memory: "" } : {};
      return this.post(path, { image_id: await this.send(pixels), ...body, ...known }, signal);
    }
  }
  /** The id of a picture. The first call sends it, and the server begins to embed it. */
  send(pixels) {
    if (!this.#pictureIds.has(pixels)) {
      this.#setId(pixels, this.#upload(pixels));
    }
    return this.#pictureIds.get(pixels);
  }
  /**
   * Send a picture as the file that it was read from.
   *
   * @param {string} image the file as base64
   * @returns {Promise<{image_id: string, warnings: string[]}>}
   */
  sendFile(pixels, image) {
    const answer = this.post("picture", { image });
    this.#setId(
      pixels,
      answer.then(({ image_id: id }) => id)
    );
    return answer;
  }
  #setId(pixels, id) {
    this.#pictureIds.set(pixels, id);
    id.catch(() => this.#pictureIds.delete(pixels));
  }
  /** Sets the id of a picture that the server has already. */
  setPictureId(pixels, id) {
    this.#pictureIds.set(pixels, Promise.resolve(id));
  }
  async #upload(pixels) {
    return (await this.post("picture", { image: await this.encode(pixels) })).image_id;
  }
  async #call(path, options) {
    const answer = await this.#request(path, options);
    const body = await answer.json().catch((error) => this.#readBrokenAnswer(error, answer));
    if (!answer.ok) {
      throw new ServerError(answer.status, body.what ? body : { what: body.detail });
    }
    return body;
  }
  /** Handles an answer whose body breaks off. For a failure its status is enough. */
  #readBrokenAnswer(error, { ok }) {
    if (ok && error.name !== "AbortError") {
      this.#watchConnection();
      throw new OfflineError();
    }
    if (ok) {
      throw error;
    }
    return {};
  }
  async #request(path, options) {
    try {
      return await this.fetch(`${this.root}/${path}`, options);
    } catch (error) {
      if (error.name === "AbortError") {
        throw error;
      }
      this.#watchConnection();
      throw new OfflineError();
    }
  }
  /** Resolves once the server answers again. */
  whenOnline() {
    return this.#reconnection ?? Promise.resolve();
  }
  #watchConnection() {
    this.#reconnection ??= this.#waitForHealth().then(() => {
      this.#reconnection = null;
      this.dispatchEvent(new Event("online"));
    });
    this.dispatchEvent(new Event("offline"));
  }
  async #waitForHealth() {
    for (; ; ) {
      await new Promise((resolve) => setTimeout(resolve, this.wait));
      const answer = await this.fetch(`${this.root}/health`).catch(() => null);
      if (answer?.ok) {
        return;
      }
    }
  }
};
async function retryWhenOnline(api, work) {
  for (; ; ) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof OfflineError)) {
        throw error;
      }
      await api.whenOnline();
    }
  }
}

// javascript/retouch/image/png-text.mjs
var LATIN = /^[\n\x20-\x7e\xa0-\xff]*$/;
var KEYWORD = "parameters";
var TEXTS = ["tEXt", "iTXt", "zTXt"];
function readPngText(bytes, keyword = KEYWORD) {
  return chunksOf(bytes).filter((one) => readKeyword(one) === keyword).map(readChunkText).find((text2) => text2 !== null) ?? "";
}
function writePngText(bytes, text2, keyword = KEYWORD) {
  const [header, ...rest] = chunksOf(bytes).filter((one) => readKeyword(one) !== keyword).map(({ whole }) => whole);
  const written = text2 ? [makeChunk(...encodeText(keyword, text2))] : [];
  return joinedBytes([Uint8Array.from(SIGNATURE), header, ...written, ...rest]);
}
function readKeyword({ type, body }) {
  return TEXTS.includes(type) ? decodeLatin(body.subarray(0, body.indexOf(0))) : null;
}
function readChunkText({ type, body }) {
  const name = body.indexOf(0);
  if (type === "tEXt") {
    return decodeLatin(body.subarray(name + 1));
  }
  return type === "iTXt" ? readInternationalText(body, name) : null;
}
function readInternationalText(data, name) {
  if (data[name + 1] !== 0) {
    return null;
  }
  const language = data.indexOf(0, name + 3);
  return new TextDecoder().decode(data.subarray(data.indexOf(0, language + 1) + 1));
}
function encodeText(keyword, text2) {
  if (LATIN.test(text2)) {
    return ["tEXt", joinedBytes([encodeLatin(keyword), [0], encodeLatin(text2)])];
  }
  return ["iTXt", joinedBytes([encodeLatin(keyword), [0, 0, 0, 0, 0], new TextEncoder().encode(text2)])];
}
function encodeLatin(text2) {
  return Uint8Array.from(text2, (letter) => letter.charCodeAt(0));
}
function decodeLatin(data) {
  return Array.from(data, (byte) => String.fromCharCode(byte)).join("");
}

// javascript/retouch/document/metadata.mjs
var CARRIED = new Set(
  ["cICP", "mDCV", "cLLI", "iCCP", "sRGB", "gAMA", "cHRM"].concat(["pHYs", "eXIf", "tEXt", "zTXt", "iTXt"])
);
var NONE = new Uint8Array(0);
var HEAD = Uint8Array.from(SIGNATURE);
var carried = /* @__PURE__ */ new WeakMap();
var twins = /* @__PURE__ */ new WeakMap();
function readBaggage(png) {
  return joinedBytes(
    chunksOf(png).filter(({ type }) => CARRIED.has(type)).map(({ whole }) => whole)
  );
}
function replaceBaggage(png, baggage) {
  const [header, ...rest] = chunksOf(png).filter(({ type }) => !CARRIED.has(type)).map(({ whole }) => whole);
  return joinedBytes([HEAD, header, baggage, ...rest]);
}
async function packPng(pixels, baggage = NONE, infotext = "") {
  const isOfGrey = await hasGreyProfile(baggage);
  const asGrey = isOfGrey && isGrey(pixels.data);
  const bare = asGrey ? await encodeGrey(pixels) : await bytesOfBlob(await pixels.toBlob());
  return writePngText(replaceBaggage(bare, isOfGrey && !asGrey ? withoutProfile(baggage) : baggage), infotext);
}
async function hasGreyProfile(baggage) {
  const packed = baggageChunks(baggage).find(({ type }) => type === "iCCP")?.body;
  if (!packed) {
    return false;
  }
  const start = packed.indexOf(0) + 2;
  const profile = await through(new DecompressionStream("deflate"), packed.subarray(start)).catch(() => NONE);
  return String.fromCharCode(...profile.subarray(16, 20)) === "GRAY";
}
function withoutProfile(baggage) {
  return joinedBytes(
    baggageChunks(baggage).filter(({ type }) => type !== "iCCP").map(({ whole }) => whole)
  );
}
function baggageChunks(baggage) {
  return chunksOf(joinedBytes([HEAD, baggage]));
}
function infotextOf(doc) {
  return [...doc.steps].reverse().find(({ on, infotext }) => on && infotext)?.infotext || doc.infotext;
}
function pickSentPicture(doc) {
  const [pixels, metadata] = [composePicture(doc), { baggage: doc.baggage ?? NONE, infotext: infotextOf(doc) }];
  const bare = !metadata.infotext && !metadata.baggage.length;
  const sent = bare || pixels === doc.base ? pixels : copyWithMetadata(pixels, metadata);
  if (sent && !bare) {
    carried.set(sent, metadata);
  }
  return sent;
}
function readCarried(pixels) {
  return carried.get(pixels) ?? {};
}
function copyWithMetadata(pixels, metadata) {
  const known = twins.get(pixels);
  if (!isSameMetadata(carried.get(known), metadata)) {
    twins.set(pixels, new Pixels(pixels.width, pixels.height, pixels.data));
  }
  return twins.get(pixels);
}
function isSameMetadata(one, { baggage, infotext }) {
  return one?.baggage === baggage && one?.infotext === infotext;
}

// javascript/retouch/batch/files.mjs
var ENDINGS = /\.(png|jpe?g|webp|bmp|gif|tiff?)$/i;
function isPicture({ name, type = "" }) {
  return type.startsWith("image/") || ENDINGS.test(name);
}
function listPictures(files2) {
  return [...files2].filter(isPicture).sort((a, b) => relativePath(a).localeCompare(relativePath(b)));
}
function relativePath(file) {
  return file.place ?? (file.webkitRelativePath || file.name);
}
async function readDroppedFiles(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const files2 = entries.length ? await Promise.all(entries.map((entry) => listFiles(entry))) : [[...transfer.files]];
  return files2.flat();
}
async function listFiles(entry, inside = "") {
  const place = inside + entry.name;
  if (!entry.isDirectory) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    return inside && !isPicture(file) ? [] : [Object.assign(file, { place })];
  }
  const files2 = await Promise.all((await listEntries(entry)).map((one) => listFiles(one, `${place}/`)));
  return files2.flat();
}
async function listEntries(folder) {
  const [reader, all] = [folder.createReader(), []];
  for (; ; ) {
    const portion = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!portion.length) {
      return all.sort((a, b) => a.name.localeCompare(b.name));
    }
    all.push(...portion);
  }
}

// javascript/retouch/batch/run.mjs
var KEY = "retouch-batch";
var AT_WORK = ["running", "stopping"];
var GONE = text("batch.gone");
var encodedFile = async (file) => toBase64(await bytesOfBlob(file));
var BatchRun = class extends EventTarget {
  #unsent = [];
  #sending = false;
  #watching = false;
  /** `storage` remembers the job through a reload of the page; `encode(file)` gives a file's base64. */
  constructor(api, { wait = 700, encode = encodedFile, storage = globalThis.sessionStorage } = {}) {
    super();
    Object.assign(this, { api, wait, encode, storage, fraction: 0, status: null, fault: "", cancelled: false });
  }
  /** Forgets the job here; the server keeps it, and its page stays open to others. */
  clear() {
    this.storage?.removeItem(KEY);
    Object.assign(this, { status: null, fault: "", cancelled: false });
    this.#unsent = [];
    this.#notify();
  }
  get job() {
    return this.status?.job ?? "";
  }
  /** All there is to say of the batch as a whole: how far it is, or what went wrong, and what it leaves out. */
  get text() {
    return [this.fault || describeRows(this.rows), ...this.status?.warnings ?? []].join(". ");
  }
  /** Whether files are being sent or painted. */
  get busy() {
    return this.#sending || AT_WORK.includes(this.status?.state);
  }
  /** Whether there are files that resuming would paint. */
  get resumable() {
    const undone = this.rows.some(({ state }) => ["waiting", "failed", "unsent"].includes(state));
    return Boolean(this.job) && !this.fault && !this.busy && undone;
  }
  /** A row for each file: those the server has, then those not sent yet. */
  get rows() {
    const known = (this.status?.files ?? []).map((file) => ({ key: `${file.number}`, ...file }));
    const unsent = this.#unsent.map(({ key, name, error }) => ({
      key,
      name,
      error,
      state: error ? "failed" : "unsent"
    }));
    return [...known, ...unsent];
  }
  /** Files that are done, the part of the one at work counted, too. */
  get done() {
    return this.rows.filter(isDone).length + this.fraction;
  }
  /** Begin a job of these files; `asked` is the rest of the request. Rejects when it is refused. */
  async start(files2, request) {
    this.clear();
    this.#unsent = files2.map((file, index) => ({ key: `unsent ${index}`, file, name: relativePath(file), error: "" }));
    this.status = await this.api.post("batch", request);
    this.storage?.setItem(KEY, this.job);
    await this.#work();
  }
  /** The job of before a reload, if there was one. */
  async restore() {
    const job = this.storage?.getItem(KEY);
    if (job && !this.status) {
      this.status = { job, state: "running", files: [] };
      await this.#watch();
    }
  }
  async cancel() {
    this.cancelled = true;
    await this.#command("cancel");
  }
  async resume() {
    this.cancelled = false;
    this.#unsent.forEach((one) => one.error = "");
    await this.#command("resume");
    await this.#work();
  }
  /** Where the server shows something of this job: "page", or "file/" and a number. */
  address(what) {
    return `${this.api.root}/batch/${this.job}/${what}`;
  }
  /** A function that fetches bytes below the address of this job, also after another was started. */
  get fetchBytes() {
    const { api, job } = this;
    return (what) => retryWhenOnline(api, () => api.getBytes(`batch/${job}/${what}`));
  }
  #work() {
    return Promise.all([this.#sendFiles(), this.#watch()]);
  }
  async #sendFiles() {
    if (this.#sending) {
      return;
    }
    this.#sending = true;
    for (let next; next = this.#next(); this.#notify()) {
      await this.#sendFile(next).catch((error) => next.error = error.message);
    }
    this.#sending = false;
    this.#notify();
  }
  #next() {
    return this.cancelled || this.fault ? null : this.#unsent.find(({ error }) => !error);
  }
  async #sendFile(one) {
    const body = { name: one.name, image: await this.encode(one.file) };
    this.status = await retryWhenOnline(this.api, () => this.api.post(`batch/${this.job}/add`, body));
    this.#unsent = this.#unsent.filter((other) => other !== one);
  }
  async #watch() {
    if (this.#watching) {
      return;
    }
    this.#watching = true;
    while (this.busy && !this.fault) {
      await new Promise((resolve) => setTimeout(resolve, this.wait));
      await this.#poll();
    }
    this.#watching = false;
  }
  async #poll() {
    try {
      this.status = await retryWhenOnline(this.api, () => this.api.get(`batch/${this.job}`));
      this.fraction = await this.#currentFraction();
    } catch (error) {
      this.#setFault(error);
    }
    this.#notify();
  }
  /** How far the file at work is, 0 to 1: 0 while others are before it. */
  async #currentFraction() {
    const mine = this.status.task;
    if (!this.busy || !mine) {
      return 0;
    }
    const { task, fraction } = await retryWhenOnline(this.api, () => this.api.get(`progress?task=${mine}`));
    return task === mine ? fraction : 0;
  }
  async #command(what) {
    try {
      this.status = await this.api.post(`batch/${this.job}/${what}`, {});
    } catch (error) {
      this.#setFault(error);
    }
    this.#notify();
  }
  #setFault(error) {
    this.fault = error instanceof ServerError && error.path === "job" ? GONE : error.message;
    this.storage?.removeItem(KEY);
  }
  #notify() {
    this.dispatchEvent(new Event("change"));
  }
};
var STATES = {
  unsent: text("batch.unsent"),
  waiting: text("batch.waiting"),
  running: text("batch.running"),
  kept: text("batch.kept"),
  failed: text("batch.failed")
};
var OUTCOMES = {
  kept: "batch.regions.kept",
  unseen: "batch.regions.unseen",
  reverted: "batch.regions.reverted",
  skipped: "batch.regions.skipped"
};
function isDone({ state }) {
  return state === "done" || state === "kept";
}
function describeRow({ state, error = "", regions = {} }) {
  if (state === "done") {
    const outcomes = Object.entries(OUTCOMES).filter(([what]) => regions[what]);
    const list = outcomes.map(([what, key]) => text(key, { count: regions[what] })).join(", ");
    return text("batch.repainted", { list });
  }
  return error ? `${STATES[state]}: ${error}` : STATES[state];
}
function describeRows(rows) {
  const failed = rows.filter(({ state }) => state === "failed").length;
  const done = rows.filter(isDone).length;
  return text(failed ? "batch.doneAndFailed" : "batch.done", { done, count: rows.length, failed });
}

// javascript/retouch/vendor/fflate.mjs
var u8 = Uint8Array;
var u16 = Uint16Array;
var i32 = Int32Array;
var fleb = new u8([
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  1,
  1,
  1,
  1,
  2,
  2,
  2,
  2,
  3,
  3,
  3,
  3,
  4,
  4,
  4,
  4,
  5,
  5,
  5,
  5,
  0,
  /* unused */
  0,
  0,
  /* impossible */
  0
]);
var fdeb = new u8([
  0,
  0,
  0,
  0,
  1,
  1,
  2,
  2,
  3,
  3,
  4,
  4,
  5,
  5,
  6,
  6,
  7,
  7,
  8,
  8,
  9,
  9,
  10,
  10,
  11,
  11,
  12,
  12,
  13,
  13,
  /* unused */
  0,
  0
]);
var clim = new u8([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);
var freb = function(eb, start) {
  var b = new u16(31);
  for (var i = 0; i < 31; ++i) {
    b[i] = start += 1 << eb[i - 1];
  }
  var r = new i32(b[30]);
  for (var i = 1; i < 30; ++i) {
    for (var j = b[i]; j < b[i + 1]; ++j) {
      r[j] = j - b[i] << 5 | i;
    }
  }
  return { b, r };
};
var _a = freb(fleb, 2);
var fl = _a.b;
var revfl = _a.r;
fl[28] = 258, revfl[258] = 28;
var _b = freb(fdeb, 0);
var fd = _b.b;
var revfd = _b.r;
var rev = new u16(32768);
for (i = 0; i < 32768; ++i) {
  x = (i & 43690) >> 1 | (i & 21845) << 1;
  x = (x & 52428) >> 2 | (x & 13107) << 2;
  x = (x & 61680) >> 4 | (x & 3855) << 4;
  rev[i] = ((x & 65280) >> 8 | (x & 255) << 8) >> 1;
}
var x;
var i;
var hMap = (function(cd, mb, r) {
  var s = cd.length;
  var i = 0;
  var l = new u16(mb);
  for (; i < s; ++i) {
    if (cd[i])
      ++l[cd[i] - 1];
  }
  var le = new u16(mb);
  for (i = 1; i < mb; ++i) {
    le[i] = le[i - 1] + l[i - 1] << 1;
  }
  var co;
  if (r) {
    co = new u16(1 << mb);
    var rvb = 15 - mb;
    for (i = 0; i < s; ++i) {
      if (cd[i]) {
        var sv = i << 4 | cd[i];
        var r_1 = mb - cd[i];
        var v = le[cd[i] - 1]++ << r_1;
        for (var m = v | (1 << r_1) - 1; v <= m; ++v) {
          co[rev[v] >> rvb] = sv;
        }
      }
    }
  } else {
    co = new u16(s);
    for (i = 0; i < s; ++i) {
      if (cd[i]) {
        co[i] = rev[le[cd[i] - 1]++] >> 15 - cd[i];
      }
    }
  }
  return co;
});
var flt = new u8(288);
for (i = 0; i < 144; ++i)
  flt[i] = 8;
var i;
for (i = 144; i < 256; ++i)
  flt[i] = 9;
var i;
for (i = 256; i < 280; ++i)
  flt[i] = 7;
var i;
for (i = 280; i < 288; ++i)
  flt[i] = 8;
var i;
var fdt = new u8(32);
for (i = 0; i < 32; ++i)
  fdt[i] = 5;
var i;
var flm = /* @__PURE__ */ hMap(flt, 9, 0);
var flrm = /* @__PURE__ */ hMap(flt, 9, 1);
var fdm = /* @__PURE__ */ hMap(fdt, 5, 0);
var fdrm = /* @__PURE__ */ hMap(fdt, 5, 1);
var max = function(a) {
  var m = a[0];
  for (var i = 1; i < a.length; ++i) {
    if (a[i] > m)
      m = a[i];
  }
  return m;
};
var bits = function(d, p, m) {
  var o = p / 8 | 0;
  return (d[o] | d[o + 1] << 8) >> (p & 7) & m;
};
var bits16 = function(d, p) {
  var o = p / 8 | 0;
  return (d[o] | d[o + 1] << 8 | d[o + 2] << 16) >> (p & 7);
};
var shft = function(p) {
  return (p + 7) / 8 | 0;
};
var slc = function(v, s, e) {
  if (s == null || s < 0)
    s = 0;
  if (e == null || e > v.length)
    e = v.length;
  return new u8(v.subarray(s, e));
};
var ec = [
  "unexpected EOF",
  "invalid block type",
  "invalid length/literal",
  "invalid distance",
  "stream finished",
  "no stream handler",
  ,
  // determined by compression function
  "no callback",
  "invalid UTF-8 data",
  "extra field too long",
  "date not in range 1980-2099",
  "filename too long",
  "stream finishing",
  "invalid zip data"
  // determined by unknown compression method
];
var err = function(ind, msg, nt) {
  var e = new Error(msg || ec[ind]);
  e.code = ind;
  if (Error.captureStackTrace)
    Error.captureStackTrace(e, err);
  if (!nt)
    throw e;
  return e;
};
var inflt = function(dat, st, buf, dict) {
  var sl = dat.length, dl = dict ? dict.length : 0;
  if (!sl || st.f && !st.l)
    return buf || new u8(0);
  var noBuf = !buf;
  var resize = noBuf || st.i != 2;
  var noSt = st.i;
  if (noBuf)
    buf = new u8(sl * 3);
  var cbuf = function(l2) {
    var bl = buf.length;
    if (l2 > bl) {
      var nbuf = new u8(Math.max(bl * 2, l2));
      nbuf.set(buf);
      buf = nbuf;
    }
  };
  var final = st.f || 0, pos = st.p || 0, bt = st.b || 0, lm = st.l, dm = st.d, lbt = st.m, dbt = st.n;
  var tbts = sl * 8;
  do {
    if (!lm) {
      final = bits(dat, pos, 1);
      var type = bits(dat, pos + 1, 3);
      pos += 3;
      if (!type) {
        var s = shft(pos) + 4, l = dat[s - 4] | dat[s - 3] << 8, t = s + l;
        if (t > sl) {
          if (noSt)
            err(0);
          break;
        }
        if (resize)
          cbuf(bt + l);
        buf.set(dat.subarray(s, t), bt);
        st.b = bt += l, st.p = pos = t * 8, st.f = final;
        continue;
      } else if (type == 1)
        lm = flrm, dm = fdrm, lbt = 9, dbt = 5;
      else if (type == 2) {
        var hLit = bits(dat, pos, 31) + 257, hcLen = bits(dat, pos + 10, 15) + 4;
        var tl = hLit + bits(dat, pos + 5, 31) + 1;
        pos += 14;
        var ldt = new u8(tl);
        var clt = new u8(19);
        for (var i = 0; i < hcLen; ++i) {
          clt[clim[i]] = bits(dat, pos + i * 3, 7);
        }
        pos += hcLen * 3;
        var clb = max(clt), clbmsk = (1 << clb) - 1;
        var clm = hMap(clt, clb, 1);
        for (var i = 0; i < tl; ) {
          var r = clm[bits(dat, pos, clbmsk)];
          pos += r & 15;
          var s = r >> 4;
          if (s < 16) {
            ldt[i++] = s;
          } else {
            var c = 0, n = 0;
            if (s == 16)
              n = 3 + bits(dat, pos, 3), pos += 2, c = ldt[i - 1];
            else if (s == 17)
              n = 3 + bits(dat, pos, 7), pos += 3;
            else if (s == 18)
              n = 11 + bits(dat, pos, 127), pos += 7;
            while (n--)
              ldt[i++] = c;
          }
        }
        var lt = ldt.subarray(0, hLit), dt = ldt.subarray(hLit);
        lbt = max(lt);
        dbt = max(dt);
        lm = hMap(lt, lbt, 1);
        dm = hMap(dt, dbt, 1);
      } else
        err(1);
      if (pos > tbts) {
        if (noSt)
          err(0);
        break;
      }
    }
    if (resize)
      cbuf(bt + 131072);
    var lms = (1 << lbt) - 1, dms = (1 << dbt) - 1;
    var lpos = pos;
    for (; ; lpos = pos) {
      var c = lm[bits16(dat, pos) & lms], sym = c >> 4;
      pos += c & 15;
      if (pos > tbts) {
        if (noSt)
          err(0);
        break;
      }
      if (!c)
        err(2);
      if (sym < 256)
        buf[bt++] = sym;
      else if (sym == 256) {
        lpos = pos, lm = null;
        break;
      } else {
        var add = sym - 254;
        if (sym > 264) {
          var i = sym - 257, b = fleb[i];
          add = bits(dat, pos, (1 << b) - 1) + fl[i];
          pos += b;
        }
        var d = dm[bits16(dat, pos) & dms], dsym = d >> 4;
        if (!d)
          err(3);
        pos += d & 15;
        var dt = fd[dsym];
        if (dsym > 3) {
          var b = fdeb[dsym];
          dt += bits16(dat, pos) & (1 << b) - 1, pos += b;
        }
        if (pos > tbts) {
          if (noSt)
            err(0);
          break;
        }
        if (resize)
          cbuf(bt + 131072);
        var end = bt + add;
        if (bt < dt) {
          var shift = dl - dt, dend = Math.min(dt, end);
          if (shift + bt < 0)
            err(3);
          for (; bt < dend; ++bt)
            buf[bt] = dict[shift + bt];
        }
        for (; bt < end; ++bt)
          buf[bt] = buf[bt - dt];
      }
    }
    st.l = lm, st.p = lpos, st.b = bt, st.f = final;
    if (lm)
      final = 1, st.m = lbt, st.d = dm, st.n = dbt;
  } while (!final);
  return bt != buf.length && noBuf ? slc(buf, 0, bt) : buf.subarray(0, bt);
};
var wbits = function(d, p, v) {
  v <<= p & 7;
  var o = p / 8 | 0;
  d[o] |= v;
  d[o + 1] |= v >> 8;
};
var wbits16 = function(d, p, v) {
  v <<= p & 7;
  var o = p / 8 | 0;
  d[o] |= v;
  d[o + 1] |= v >> 8;
  d[o + 2] |= v >> 16;
};
var hTree = function(d, mb) {
  var t = [];
  for (var i = 0; i < d.length; ++i) {
    if (d[i])
      t.push({ s: i, f: d[i] });
  }
  var s = t.length;
  var t2 = t.slice();
  if (!s)
    return { t: et, l: 0 };
  if (s == 1) {
    var v = new u8(t[0].s + 1);
    v[t[0].s] = 1;
    return { t: v, l: 1 };
  }
  t.sort(function(a, b) {
    return a.f - b.f;
  });
  t.push({ s: -1, f: 25001 });
  var l = t[0], r = t[1], i0 = 0, i1 = 1, i2 = 2;
  t[0] = { s: -1, f: l.f + r.f, l, r };
  while (i1 != s - 1) {
    l = t[t[i0].f < t[i2].f ? i0++ : i2++];
    r = t[i0 != i1 && t[i0].f < t[i2].f ? i0++ : i2++];
    t[i1++] = { s: -1, f: l.f + r.f, l, r };
  }
  var maxSym = t2[0].s;
  for (var i = 1; i < s; ++i) {
    if (t2[i].s > maxSym)
      maxSym = t2[i].s;
  }
  var tr = new u16(maxSym + 1);
  var mbt = ln(t[i1 - 1], tr, 0);
  if (mbt > mb) {
    var i = 0, dt = 0;
    var lft = mbt - mb, cst = 1 << lft;
    t2.sort(function(a, b) {
      return tr[b.s] - tr[a.s] || a.f - b.f;
    });
    for (; i < s; ++i) {
      var i2_1 = t2[i].s;
      if (tr[i2_1] > mb) {
        dt += cst - (1 << mbt - tr[i2_1]);
        tr[i2_1] = mb;
      } else
        break;
    }
    dt >>= lft;
    while (dt > 0) {
      var i2_2 = t2[i].s;
      if (tr[i2_2] < mb)
        dt -= 1 << mb - tr[i2_2]++ - 1;
      else
        ++i;
    }
    for (; i >= 0 && dt; --i) {
      var i2_3 = t2[i].s;
      if (tr[i2_3] == mb) {
        --tr[i2_3];
        ++dt;
      }
    }
    mbt = mb;
  }
  return { t: new u8(tr), l: mbt };
};
var ln = function(n, l, d) {
  return n.s == -1 ? Math.max(ln(n.l, l, d + 1), ln(n.r, l, d + 1)) : l[n.s] = d;
};
var lc = function(c) {
  var s = c.length;
  while (s && !c[--s])
    ;
  var cl = new u16(++s);
  var cli = 0, cln = c[0], cls = 1;
  var w = function(v) {
    cl[cli++] = v;
  };
  for (var i = 1; i <= s; ++i) {
    if (c[i] == cln && i != s)
      ++cls;
    else {
      if (!cln && cls > 2) {
        for (; cls > 138; cls -= 138)
          w(32754);
        if (cls > 2) {
          w(cls > 10 ? cls - 11 << 5 | 28690 : cls - 3 << 5 | 12305);
          cls = 0;
        }
      } else if (cls > 3) {
        w(cln), --cls;
        for (; cls > 6; cls -= 6)
          w(8304);
        if (cls > 2)
          w(cls - 3 << 5 | 8208), cls = 0;
      }
      while (cls--)
        w(cln);
      cls = 1;
      cln = c[i];
    }
  }
  return { c: cl.subarray(0, cli), n: s };
};
var clen = function(cf, cl) {
  var l = 0;
  for (var i = 0; i < cl.length; ++i)
    l += cf[i] * cl[i];
  return l;
};
var wfblk = function(out, pos, dat) {
  var s = dat.length;
  var o = shft(pos + 2);
  out[o] = s & 255;
  out[o + 1] = s >> 8;
  out[o + 2] = out[o] ^ 255;
  out[o + 3] = out[o + 1] ^ 255;
  for (var i = 0; i < s; ++i)
    out[o + i + 4] = dat[i];
  return (o + 4 + s) * 8;
};
var wblk = function(dat, out, final, syms, lf, df, eb, li, bs, bl, p) {
  wbits(out, p++, final);
  ++lf[256];
  var _a2 = hTree(lf, 15), dlt = _a2.t, mlb = _a2.l;
  var _b2 = hTree(df, 15), ddt = _b2.t, mdb = _b2.l;
  var _c = lc(dlt), lclt = _c.c, nlc = _c.n;
  var _d = lc(ddt), lcdt = _d.c, ndc = _d.n;
  var lcfreq = new u16(19);
  for (var i = 0; i < lclt.length; ++i)
    ++lcfreq[lclt[i] & 31];
  for (var i = 0; i < lcdt.length; ++i)
    ++lcfreq[lcdt[i] & 31];
  var _e = hTree(lcfreq, 7), lct = _e.t, mlcb = _e.l;
  var nlcc = 19;
  for (; nlcc > 4 && !lct[clim[nlcc - 1]]; --nlcc)
    ;
  var flen = bl + 5 << 3;
  var ftlen = clen(lf, flt) + clen(df, fdt) + eb;
  var dtlen = clen(lf, dlt) + clen(df, ddt) + eb + 14 + 3 * nlcc + clen(lcfreq, lct) + 2 * lcfreq[16] + 3 * lcfreq[17] + 7 * lcfreq[18];
  if (bs >= 0 && flen <= ftlen && flen <= dtlen)
    return wfblk(out, p, dat.subarray(bs, bs + bl));
  var lm, ll, dm, dl;
  wbits(out, p, 1 + (dtlen < ftlen)), p += 2;
  if (dtlen < ftlen) {
    lm = hMap(dlt, mlb, 0), ll = dlt, dm = hMap(ddt, mdb, 0), dl = ddt;
    var llm = hMap(lct, mlcb, 0);
    wbits(out, p, nlc - 257);
    wbits(out, p + 5, ndc - 1);
    wbits(out, p + 10, nlcc - 4);
    p += 14;
    for (var i = 0; i < nlcc; ++i)
      wbits(out, p + 3 * i, lct[clim[i]]);
    p += 3 * nlcc;
    var lcts = [lclt, lcdt];
    for (var it = 0; it < 2; ++it) {
      var clct = lcts[it];
      for (var i = 0; i < clct.length; ++i) {
        var len = clct[i] & 31;
        wbits(out, p, llm[len]), p += lct[len];
        if (len > 15)
          wbits(out, p, clct[i] >> 5 & 127), p += clct[i] >> 12;
      }
    }
  } else {
    lm = flm, ll = flt, dm = fdm, dl = fdt;
  }
  for (var i = 0; i < li; ++i) {
    var sym = syms[i];
    if (sym > 255) {
      var len = sym >> 18 & 31;
      wbits16(out, p, lm[len + 257]), p += ll[len + 257];
      if (len > 7)
        wbits(out, p, sym >> 23 & 31), p += fleb[len];
      var dst = sym & 31;
      wbits16(out, p, dm[dst]), p += dl[dst];
      if (dst > 3)
        wbits16(out, p, sym >> 5 & 8191), p += fdeb[dst];
    } else {
      wbits16(out, p, lm[sym]), p += ll[sym];
    }
  }
  wbits16(out, p, lm[256]);
  return p + ll[256];
};
var deo = /* @__PURE__ */ new i32([65540, 131080, 131088, 131104, 262176, 1048704, 1048832, 2114560, 2117632]);
var et = /* @__PURE__ */ new u8(0);
var dflt = function(dat, lvl, plvl, pre, post, st) {
  var s = st.z || dat.length;
  var o = new u8(pre + s + 5 * (1 + Math.ceil(s / 7e3)) + post);
  var w = o.subarray(pre, o.length - post);
  var lst = st.l;
  var pos = (st.r || 0) & 7;
  if (lvl) {
    if (pos)
      w[0] = st.r >> 3;
    var opt = deo[lvl - 1];
    var n = opt >> 13, c = opt & 8191;
    var msk_1 = (1 << plvl) - 1;
    var prev = st.p || new u16(32768), head = st.h || new u16(msk_1 + 1);
    var bs1_1 = Math.ceil(plvl / 3), bs2_1 = 2 * bs1_1;
    var hsh = function(i2) {
      return (dat[i2] ^ dat[i2 + 1] << bs1_1 ^ dat[i2 + 2] << bs2_1) & msk_1;
    };
    var syms = new i32(25e3);
    var lf = new u16(288), df = new u16(32);
    var lc_1 = 0, eb = 0, i = st.i || 0, li = 0, wi = st.w || 0, bs = 0;
    for (; i + 2 < s; ++i) {
      var hv = hsh(i);
      var imod = i & 32767, pimod = head[hv];
      prev[imod] = pimod;
      head[hv] = imod;
      if (wi <= i) {
        var rem = s - i;
        if ((lc_1 > 7e3 || li > 24576) && (rem > 423 || !lst)) {
          pos = wblk(dat, w, 0, syms, lf, df, eb, li, bs, i - bs, pos);
          li = lc_1 = eb = 0, bs = i;
          for (var j = 0; j < 286; ++j)
            lf[j] = 0;
          for (var j = 0; j < 30; ++j)
            df[j] = 0;
        }
        var l = 2, d = 0, ch_1 = c, dif = imod - pimod & 32767;
        if (rem > 2 && hv == hsh(i - dif)) {
          var maxn = Math.min(n, rem) - 1;
          var maxd = Math.min(32767, i);
          var ml = Math.min(258, rem);
          while (dif <= maxd && --ch_1 && imod != pimod) {
            if (dat[i + l] == dat[i + l - dif]) {
              var nl = 0;
              for (; nl < ml && dat[i + nl] == dat[i + nl - dif]; ++nl)
                ;
              if (nl > l) {
                l = nl, d = dif;
                if (nl > maxn)
                  break;
                var mmd = Math.min(dif, nl - 2);
                var md = 0;
                for (var j = 0; j < mmd; ++j) {
                  var ti = i - dif + j & 32767;
                  var pti = prev[ti];
                  var cd = ti - pti & 32767;
                  if (cd > md)
                    md = cd, pimod = ti;
                }
              }
            }
            imod = pimod, pimod = prev[imod];
            dif += imod - pimod & 32767;
          }
        }
        if (d) {
          syms[li++] = 268435456 | revfl[l] << 18 | revfd[d];
          var lin = revfl[l] & 31, din = revfd[d] & 31;
          eb += fleb[lin] + fdeb[din];
          ++lf[257 + lin];
          ++df[din];
          wi = i + l;
          ++lc_1;
        } else {
          syms[li++] = dat[i];
          ++lf[dat[i]];
        }
      }
    }
    for (i = Math.max(i, wi); i < s; ++i) {
      syms[li++] = dat[i];
      ++lf[dat[i]];
    }
    pos = wblk(dat, w, lst, syms, lf, df, eb, li, bs, i - bs, pos);
    if (!lst) {
      st.r = pos & 7 | w[pos / 8 | 0] << 3;
      pos -= 7;
      st.h = head, st.p = prev, st.i = i, st.w = wi;
    }
  } else {
    for (var i = st.w || 0; i < s + lst; i += 65535) {
      var e = i + 65535;
      if (e >= s) {
        w[pos / 8 | 0] = lst;
        e = s;
      }
      pos = wfblk(w, pos + 1, dat.subarray(i, e));
    }
    st.i = s;
  }
  return slc(o, 0, pre + shft(pos) + post);
};
var crct = /* @__PURE__ */ (function() {
  var t = new Int32Array(256);
  for (var i = 0; i < 256; ++i) {
    var c = i, k = 9;
    while (--k)
      c = (c & 1 && -306674912) ^ c >>> 1;
    t[i] = c;
  }
  return t;
})();
var crc2 = function() {
  var c = -1;
  return {
    p: function(d) {
      var cr = c;
      for (var i = 0; i < d.length; ++i)
        cr = crct[cr & 255 ^ d[i]] ^ cr >>> 8;
      c = cr;
    },
    d: function() {
      return ~c;
    }
  };
};
var dopt = function(dat, opt, pre, post, st) {
  if (!st) {
    st = { l: 1 };
    if (opt.dictionary) {
      var dict = opt.dictionary.subarray(-32768);
      var newDat = new u8(dict.length + dat.length);
      newDat.set(dict);
      newDat.set(dat, dict.length);
      dat = newDat;
      st.w = dict.length;
    }
  }
  return dflt(dat, opt.level == null ? 6 : opt.level, opt.mem == null ? st.l ? Math.ceil(Math.max(8, Math.min(13, Math.log(dat.length))) * 1.5) : 20 : 12 + opt.mem, pre, post, st);
};
var mrg = function(a, b) {
  var o = {};
  for (var k in a)
    o[k] = a[k];
  for (var k in b)
    o[k] = b[k];
  return o;
};
var b2 = function(d, b) {
  return d[b] | d[b + 1] << 8;
};
var b4 = function(d, b) {
  return (d[b] | d[b + 1] << 8 | d[b + 2] << 16 | d[b + 3] << 24) >>> 0;
};
var b8 = function(d, b) {
  return b4(d, b) + b4(d, b + 4) * 4294967296;
};
var wbytes = function(d, b, v) {
  for (; v; ++b)
    d[b] = v, v >>>= 8;
};
function deflateSync(data, opts) {
  return dopt(data, opts || {}, 0, 0);
}
function inflateSync(data, opts) {
  return inflt(data, { i: 2 }, opts && opts.out, opts && opts.dictionary);
}
var fltn = function(d, p, t, o) {
  for (var k in d) {
    var val = d[k], n = p + k, op = o;
    if (Array.isArray(val))
      op = mrg(o, val[1]), val = val[0];
    if (ArrayBuffer.isView(val))
      t[n] = [val, op];
    else {
      t[n += "/"] = [new u8(0), op];
      fltn(val, n, t, o);
    }
  }
};
var te = typeof TextEncoder != "undefined" && /* @__PURE__ */ new TextEncoder();
var td = typeof TextDecoder != "undefined" && /* @__PURE__ */ new TextDecoder();
var tds = 0;
try {
  td.decode(et, { stream: true });
  tds = 1;
} catch (e) {
}
var dutf8 = function(d) {
  for (var r = "", i = 0; ; ) {
    var c = d[i++];
    var eb = (c > 127) + (c > 223) + (c > 239);
    if (i + eb > d.length)
      return { s: r, r: slc(d, i - 1) };
    if (!eb)
      r += String.fromCharCode(c);
    else if (eb == 3) {
      c = ((c & 15) << 18 | (d[i++] & 63) << 12 | (d[i++] & 63) << 6 | d[i++] & 63) - 65536, r += String.fromCharCode(55296 | c >> 10, 56320 | c & 1023);
    } else if (eb & 1)
      r += String.fromCharCode((c & 31) << 6 | d[i++] & 63);
    else
      r += String.fromCharCode((c & 15) << 12 | (d[i++] & 63) << 6 | d[i++] & 63);
  }
};
function strToU8(str, latin1) {
  if (latin1) {
    var ar_1 = new u8(str.length);
    for (var i = 0; i < str.length; ++i)
      ar_1[i] = str.charCodeAt(i);
    return ar_1;
  }
  if (te)
    return te.encode(str);
  var l = str.length;
  var ar = new u8(str.length + (str.length >> 1));
  var ai = 0;
  var w = function(v) {
    ar[ai++] = v;
  };
  for (var i = 0; i < l; ++i) {
    if (ai + 5 > ar.length) {
      var n = new u8(ai + 8 + (l - i << 1));
      n.set(ar);
      ar = n;
    }
    var c = str.charCodeAt(i);
    if (c < 128 || latin1)
      w(c);
    else if (c < 2048)
      w(192 | c >> 6), w(128 | c & 63);
    else if (c > 55295 && c < 57344)
      c = 65536 + (c & 1023 << 10) | str.charCodeAt(++i) & 1023, w(240 | c >> 18), w(128 | c >> 12 & 63), w(128 | c >> 6 & 63), w(128 | c & 63);
    else
      w(224 | c >> 12), w(128 | c >> 6 & 63), w(128 | c & 63);
  }
  return slc(ar, 0, ai);
}
function strFromU8(dat, latin1) {
  if (latin1) {
    var r = "";
    for (var i = 0; i < dat.length; i += 16384)
      r += String.fromCharCode.apply(null, dat.subarray(i, i + 16384));
    return r;
  } else if (td) {
    return td.decode(dat);
  } else {
    var _a2 = dutf8(dat), s = _a2.s, r = _a2.r;
    if (r.length)
      err(8);
    return s;
  }
}
var slzh = function(d, b) {
  return b + 30 + b2(d, b + 26) + b2(d, b + 28);
};
var zh = function(d, b, z) {
  var fnl = b2(d, b + 28), efl = b2(d, b + 30), fn = strFromU8(d.subarray(b + 46, b + 46 + fnl), !(b2(d, b + 8) & 2048)), es = b + 46 + fnl;
  var _a2 = z64hs(d, es, efl, z, b4(d, b + 20), b4(d, b + 24), b4(d, b + 42)), sc = _a2[0], su = _a2[1], off = _a2[2];
  return [b2(d, b + 10), sc, su, fn, es + efl + b2(d, b + 32), off];
};
var z64hs = function(d, b, l, z, sc, su, off) {
  var nsc = sc == 4294967295, nsu = su == 4294967295, noff = off == 4294967295, e = b + l;
  var nf = nsc + nsu + noff;
  if (z && nf) {
    for (; b + 4 < e; b += 4 + b2(d, b + 2)) {
      if (b2(d, b) == 1) {
        return [
          nsc ? b8(d, b + 4 + 8 * nsu) : sc,
          nsu ? b8(d, b + 4) : su,
          noff ? b8(d, b + 4 + 8 * (nsu + nsc)) : off,
          1
        ];
      }
    }
    if (z < 2)
      err(13);
  }
  return [sc, su, off, 0];
};
var exfl = function(ex) {
  var le = 0;
  if (ex) {
    for (var k in ex) {
      var l = ex[k].length;
      if (l > 65535)
        err(9);
      le += l + 4;
    }
  }
  return le;
};
var wzh = function(d, b, f, fn, u, c, ce, co) {
  var fl2 = fn.length, ex = f.extra, col = co && co.length;
  var exl = exfl(ex);
  wbytes(d, b, ce != null ? 33639248 : 67324752), b += 4;
  if (ce != null)
    d[b++] = 20, d[b++] = f.os;
  d[b] = 20, b += 2;
  d[b++] = f.flag << 1 | (c < 0 && 8), d[b++] = u && 8;
  d[b++] = f.compression & 255, d[b++] = f.compression >> 8;
  var dt = new Date(f.mtime == null ? Date.now() : f.mtime), y = dt.getFullYear() - 1980;
  if (y < 0 || y > 119)
    err(10);
  wbytes(d, b, y << 25 | dt.getMonth() + 1 << 21 | dt.getDate() << 16 | dt.getHours() << 11 | dt.getMinutes() << 5 | dt.getSeconds() >> 1), b += 4;
  if (c != -1) {
    wbytes(d, b, f.crc);
    wbytes(d, b + 4, c < 0 ? -c - 2 : c);
    wbytes(d, b + 8, f.size);
  }
  wbytes(d, b + 12, fl2);
  wbytes(d, b + 14, exl), b += 16;
  if (ce != null) {
    wbytes(d, b, col);
    wbytes(d, b + 6, f.attrs);
    wbytes(d, b + 10, ce), b += 14;
  }
  d.set(fn, b);
  b += fl2;
  if (exl) {
    for (var k in ex) {
      var exf = ex[k], l = exf.length;
      wbytes(d, b, +k);
      wbytes(d, b + 2, l);
      d.set(exf, b + 4), b += 4 + l;
    }
  }
  if (col)
    d.set(co, b), b += col;
  return b;
};
var wzf = function(o, b, c, d, e) {
  wbytes(o, b, 101010256);
  wbytes(o, b + 8, c);
  wbytes(o, b + 10, c);
  wbytes(o, b + 12, d);
  wbytes(o, b + 16, e);
};
var ZipPassThrough = /* @__PURE__ */ (function() {
  function ZipPassThrough2(filename) {
    this.filename = filename;
    this.c = crc2();
    this.size = 0;
    this.compression = 0;
  }
  ZipPassThrough2.prototype.process = function(chunk, final) {
    this.ondata(null, chunk, final);
  };
  ZipPassThrough2.prototype.push = function(chunk, final) {
    if (!this.ondata)
      err(5);
    this.c.p(chunk);
    this.size += chunk.length;
    if (final)
      this.crc = this.c.d();
    this.process(chunk, final || false);
  };
  return ZipPassThrough2;
})();
var Zip = /* @__PURE__ */ (function() {
  function Zip3(cb) {
    this.ondata = cb;
    this.u = [];
    this.d = 1;
  }
  Zip3.prototype.add = function(file) {
    var _this = this;
    if (!this.ondata)
      err(5);
    if (this.d & 2)
      this.ondata(err(4 + (this.d & 1) * 8, 0, 1), null, false);
    else {
      var f = strToU8(file.filename), fl_1 = f.length;
      var com = file.comment, o = com && strToU8(com);
      var u = fl_1 != file.filename.length || o && com.length != o.length;
      var hl_1 = fl_1 + exfl(file.extra) + 30;
      if (fl_1 > 65535)
        this.ondata(err(11, 0, 1), null, false);
      var header = new u8(hl_1);
      wzh(header, 0, file, f, u, -1);
      var chks_1 = [header];
      var pAll_1 = function() {
        for (var _i = 0, chks_2 = chks_1; _i < chks_2.length; _i++) {
          var chk = chks_2[_i];
          _this.ondata(null, chk, false);
        }
        chks_1 = [];
      };
      var tr_1 = this.d;
      this.d = 0;
      var ind_1 = this.u.length;
      var uf_1 = mrg(file, {
        f,
        u,
        o,
        t: function() {
          if (file.terminate)
            file.terminate();
        },
        r: function() {
          pAll_1();
          if (tr_1) {
            var nxt = _this.u[ind_1 + 1];
            if (nxt)
              nxt.r();
            else
              _this.d = 1;
          }
          tr_1 = 1;
        }
      });
      var cl_1 = 0;
      file.ondata = function(err2, dat, final) {
        if (err2) {
          _this.ondata(err2, dat, final);
          _this.terminate();
        } else {
          cl_1 += dat.length;
          chks_1.push(dat);
          if (final) {
            var dd = new u8(16);
            wbytes(dd, 0, 134695760);
            wbytes(dd, 4, file.crc);
            wbytes(dd, 8, cl_1);
            wbytes(dd, 12, file.size);
            chks_1.push(dd);
            uf_1.c = cl_1, uf_1.b = hl_1 + cl_1 + 16, uf_1.crc = file.crc, uf_1.size = file.size;
            if (tr_1)
              uf_1.r();
            tr_1 = 1;
          } else if (tr_1)
            pAll_1();
        }
      };
      this.u.push(uf_1);
    }
  };
  Zip3.prototype.end = function() {
    var _this = this;
    if (this.d & 2) {
      this.ondata(err(4 + (this.d & 1) * 8, 0, 1), null, true);
      return;
    }
    if (this.d)
      this.e();
    else
      this.u.push({
        r: function() {
          if (!(_this.d & 1))
            return;
          _this.u.splice(-1, 1);
          _this.e();
        },
        t: function() {
        }
      });
    this.d = 3;
  };
  Zip3.prototype.e = function() {
    var bt = 0, l = 0, tl = 0;
    for (var _i = 0, _a2 = this.u; _i < _a2.length; _i++) {
      var f = _a2[_i];
      tl += 46 + f.f.length + exfl(f.extra) + (f.o ? f.o.length : 0);
    }
    var out = new u8(tl + 22);
    for (var _b2 = 0, _c = this.u; _b2 < _c.length; _b2++) {
      var f = _c[_b2];
      wzh(out, bt, f, f.f, f.u, -f.c - 2, l, f.o);
      bt += 46 + f.f.length + exfl(f.extra) + (f.o ? f.o.length : 0), l += f.b;
    }
    wzf(out, bt, this.u.length, tl, l);
    this.ondata(null, out, true);
    this.d = 2;
  };
  Zip3.prototype.terminate = function() {
    for (var _i = 0, _a2 = this.u; _i < _a2.length; _i++) {
      var f = _a2[_i];
      f.t();
    }
    this.d = 2;
  };
  return Zip3;
})();
function zipSync(data, opts) {
  if (!opts)
    opts = {};
  var r = {};
  var files2 = [];
  fltn(data, "", r, opts);
  var o = 0;
  var tot = 0;
  for (var fn in r) {
    var _a2 = r[fn], file = _a2[0], p = _a2[1];
    var compression = p.level == 0 ? 0 : 8;
    var f = strToU8(fn), s = f.length;
    var com = p.comment, m = com && strToU8(com), ms = m && m.length;
    var exl = exfl(p.extra);
    if (s > 65535)
      err(11);
    var d = compression ? deflateSync(file, p) : file, l = d.length;
    var c = crc2();
    c.p(file);
    files2.push(mrg(p, {
      size: file.length,
      crc: c.d(),
      c: d,
      f,
      m,
      u: s != fn.length || m && com.length != ms,
      o,
      compression
    }));
    o += 30 + s + exl + l;
    tot += 76 + 2 * (s + exl) + (ms || 0) + l;
  }
  var out = new u8(tot + 22), oe = o, cdl = tot - o;
  for (var i = 0; i < files2.length; ++i) {
    var f = files2[i];
    wzh(out, f.o, f, f.f, f.u, f.c.length);
    var badd = 30 + f.f.length + exfl(f.extra);
    out.set(f.c, f.o + badd);
    wzh(out, o, f, f.f, f.u, f.c.length, f.o, f.m), o += 16 + badd + (f.m ? f.m.length : 0);
  }
  wzf(out, o, files2.length, cdl, oe);
  return out;
}
function unzipSync(data, opts) {
  var files2 = {};
  var e = data.length - 22;
  for (; b4(data, e) != 101010256; --e) {
    if (!e || data.length - e > 65558)
      err(13);
  }
  ;
  var c = b2(data, e + 8);
  if (!c)
    return {};
  var o = b4(data, e + 16);
  var z = b4(data, e - 20) == 117853008;
  if (z) {
    var ze = b4(data, e - 12);
    z = b4(data, ze) == 101075792;
    if (z) {
      c = b4(data, ze + 32);
      o = b4(data, ze + 48);
    }
  }
  var fltr = opts && opts.filter;
  for (var i = 0; i < c; ++i) {
    var _a2 = zh(data, o, z), c_2 = _a2[0], sc = _a2[1], su = _a2[2], fn = _a2[3], no = _a2[4], off = _a2[5], b = slzh(data, off);
    o = no;
    if (!fltr || fltr({
      name: fn,
      size: sc,
      originalSize: su,
      compression: c_2
    })) {
      if (!c_2)
        files2[fn] = slc(data, b, b + sc);
      else if (c_2 == 8)
        files2[fn] = inflateSync(data.subarray(b, b + sc), { out: new u8(su) });
      else
        err(14, "unknown compression type " + c_2);
    }
  }
  return files2;
}

// javascript/retouch/util/zip.mjs
var LOCAL = 67324752;
var CENTRAL = 33639248;
var END = 101010256;
var [LOCAL_SIZE, DESCRIPTOR_SIZE, CENTRAL_SIZE, END_SIZE] = [30, 16, 46, 22];
var [MOST, LARGEST2] = [65534, 4294967294];
var TIME = new Date(1980, 0, 1);
var DAMAGED = "The file is damaged, or no ZIP.";
function isZip(bytes) {
  return bytes.length >= END_SIZE && viewOf(bytes).getUint32(0, true) === LOCAL;
}
function membersOf(bytes) {
  try {
    const contents = Object.entries(unzipSync(bytes));
    const checksums = checksumsOf(bytes);
    return new Map(contents.map(([name, content]) => [name, { content, crc: checksums.get(name) }]));
  } catch {
    throw new Error(DAMAGED);
  }
}
async function contentOf(member) {
  if (!member || crc(member.content) !== member.crc) {
    throw new Error(DAMAGED);
  }
  return member.content;
}
function zipped(members) {
  return zipSync(Object.fromEntries(members), { level: 0, mtime: TIME });
}
var Zip2 = class {
  #parts = [];
  #size = 0;
  #listed = END_SIZE;
  #stream = new Zip((error, chunk) => this.#write(error, chunk));
  #ended = false;
  constructor({ keep = (bytes) => bytes, largest = LARGEST2 } = {}) {
    Object.assign(this, { keep, largest, count: 0 });
  }
  /** Whether one more member is within what the format can say. */
  fits(name, content) {
    const records = LOCAL_SIZE + DESCRIPTOR_SIZE + CENTRAL_SIZE + 2 * lengthOf(name);
    return this.count < MOST && this.#size + this.#listed + records + content.length <= this.largest;
  }
  /** @param {Uint8Array} content as it is to be read again */
  add(name, content) {
    const member = Object.assign(new ZipPassThrough(name), { mtime: TIME });
    this.#stream.add(member);
    member.push(content, true);
    this.#listed += CENTRAL_SIZE + lengthOf(name);
    this.count++;
  }
  /** The file, in pieces, in order. Nothing can be added afterwards. */
  get parts() {
    if (!this.#ended) {
      this.#ended = true;
      this.#stream.end();
    }
    return this.#parts;
  }
  #write(error, chunk) {
    if (error) {
      throw error;
    }
    this.#parts.push(this.keep(chunk));
    this.#size += chunk.length;
  }
};
function checksumsOf(bytes) {
  const view = viewOf(bytes);
  const end = endOf(view);
  const found = /* @__PURE__ */ new Map();
  for (let at = view.getUint32(end + 16, true), left = view.getUint16(end + 10, true); left > 0; left--) {
    if (view.getUint32(at, true) !== CENTRAL) {
      throw new Error(DAMAGED);
    }
    const [named, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
    const name = bytes.subarray(at + CENTRAL_SIZE, at + CENTRAL_SIZE + named);
    found.set(new TextDecoder().decode(name), view.getUint32(at + 16, true));
    at += CENTRAL_SIZE + named + extra + comment;
  }
  return found;
}
function endOf(view) {
  let at = view.byteLength - END_SIZE;
  while (view.getUint32(at, true) !== END) {
    at--;
  }
  return at;
}
function lengthOf(name) {
  return new TextEncoder().encode(name).length;
}
function viewOf(bytes) {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

// javascript/retouch/batch/download.mjs
var PAGE = "summary.html";
var THUMBNAILS = "summary";
var ADDRESS = /\b(src|href)="(before|after|file)\/(\d+)"/g;
var REFUSED_SIGNS = /[^\p{L}\p{N} ._()[\]+,&@=#~!-]/gu;
function memberNames(rows) {
  const taken = /* @__PURE__ */ new Set();
  return new Map(rows.filter(isDone).map(({ number, name }) => [number, takeName(pathOf(name) || `${number}`, taken)]));
}
function pathOf(name) {
  const words = name.split(/[/\\]/).map((word) => word.replace(REFUSED_SIGNS, "_").replace(/^[. ]+|[. ]+$/g, ""));
  return words.filter(Boolean).join("/").replace(/\.\w{1,5}$/, "");
}
function takeName(stem, taken) {
  for (let number = 1; ; number++) {
    const name = `${stem}${number > 1 ? ` (${number})` : ""}.png`;
    if (!taken.has(name.toLowerCase())) {
      taken.add(name.toLowerCase());
      return name;
    }
  }
}
function rewritePage(page, names) {
  return page.replace(ADDRESS, (whole, attribute, what, number) => {
    const name = names.get(Number(number));
    return name ? `${attribute}="${what === "file" ? addressOf(name) : thumbnailName(what, number)}"` : whole;
  });
}
function addressOf(name) {
  return name.split("/").map(encodeURIComponent).join("/").replace(/'/g, "%27");
}
function thumbnailName(what, number) {
  return `${THUMBNAILS}/${number}.${what}.jpg`;
}
async function packBatch(rows, fetchBytes, { give, tell = () => {
}, make = () => new Zip2() }) {
  const names = memberNames(rows);
  const page = rewritePage(new TextDecoder().decode(await fetchBytes("page")), names);
  let zip = make();
  let done = 0;
  const put = (name, content) => {
    if (!zip.fits(name, content) && zip.count) {
      give(zip);
      zip = make();
    }
    zip.add(name, content);
  };
  put(PAGE, new TextEncoder().encode(page));
  for (const [number, name] of names) {
    tell(done++, names.size);
    put(name, await fetchBytes(`file/${number}`));
    for (const what of ["before", "after"]) {
      put(thumbnailName(what, number), await fetchBytes(`${what}/${number}`));
    }
  }
  give(zip);
}

// javascript/retouch/vendor/lucide.mjs
/*! lucide-static 1.62.0, ISC: see lucide.LICENSE. Written by tools/lucide.mjs; do not edit. */
var ICONS = {
  "arrow-left-right": '<path d="M8 3 4 7l4 4" /><path d="M4 7h16" /><path d="m16 21 4-4-4-4" /><path d="M20 17H4" />',
  brush: '<path d="m11 10 3 3" /><path d="M6.5 21A3.5 3.5 0 1 0 3 17.5a2.62 2.62 0 0 1-.708 1.792A1 1 0 0 0 3 21z" /><path d="M9.969 17.031 21.378 5.624a1 1 0 0 0-3.002-3.002L6.967 14.031" />',
  check: '<path d="M20 6 9 17l-5-5" />',
  "chevron-down": '<path d="m6 9 6 6 6-6" />',
  "chevron-right": '<path d="m9 18 6-6-6-6" />',
  "chevron-up": '<path d="m18 15-6-6-6 6" />',
  "circle-dashed": '<path d="M10.1 2.182a10 10 0 0 1 3.8 0" /><path d="M13.9 21.818a10 10 0 0 1-3.8 0" /><path d="M17.609 3.721a10 10 0 0 1 2.69 2.7" /><path d="M2.182 13.9a10 10 0 0 1 0-3.8" /><path d="M20.279 17.609a10 10 0 0 1-2.7 2.69" /><path d="M21.818 10.1a10 10 0 0 1 0 3.8" /><path d="M3.721 6.391a10 10 0 0 1 2.7-2.69" /><path d="M6.391 20.279a10 10 0 0 1-2.69-2.7" />',
  "circle-question-mark": '<circle cx="12" cy="12" r="10" /><path d="M9.09 9a3 3 0 0 1 5.83 1c0 2-3 3-3 3" /><path d="M12 17h.01" />',
  copy: '<rect width="14" height="14" x="8" y="8" rx="2" ry="2" /><path d="M4 16c-1.1 0-2-.9-2-2V4c0-1.1.9-2 2-2h10c1.1 0 2 .9 2 2" />',
  download: '<path d="M12 15V3" /><path d="M21 15v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4" /><path d="m7 10 5 5 5-5" />',
  eraser: '<path d="M21 21H8a2 2 0 0 1-1.42-.587l-3.994-3.999a2 2 0 0 1 0-2.828l10-10a2 2 0 0 1 2.829 0l5.999 6a2 2 0 0 1 0 2.828L12.834 21" /><path d="m5.082 11.09 8.828 8.828" />',
  expand: '<path d="m15 15 6 6" /><path d="m15 9 6-6" /><path d="M21 16v5h-5" /><path d="M21 8V3h-5" /><path d="M3 16v5h5" /><path d="m3 21 6-6" /><path d="M3 8V3h5" /><path d="M9 9 3 3" />',
  eye: '<path d="M2.062 12.348a1 1 0 0 1 0-.696 10.75 10.75 0 0 1 19.876 0 1 1 0 0 1 0 .696 10.75 10.75 0 0 1-19.876 0" /><circle cx="12" cy="12" r="3" />',
  "eye-off": '<path d="M10.733 5.076a10.744 10.744 0 0 1 11.205 6.575 1 1 0 0 1 0 .696 10.747 10.747 0 0 1-1.444 2.49" /><path d="M14.084 14.158a3 3 0 0 1-4.242-4.242" /><path d="M17.479 17.499a10.75 10.75 0 0 1-15.417-5.151 1 1 0 0 1 0-.696 10.75 10.75 0 0 1 4.446-5.143" /><path d="m2 2 20 20" />',
  "folder-open": '<path d="m6 14 1.5-2.9A2 2 0 0 1 9.24 10H20a2 2 0 0 1 1.94 2.5l-1.54 6a2 2 0 0 1-1.95 1.5H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h3.9a2 2 0 0 1 1.69.9l.81 1.2a2 2 0 0 0 1.67.9H18a2 2 0 0 1 2 2v2" />',
  fullscreen: '<path d="M3 7V5a2 2 0 0 1 2-2h2" /><path d="M17 3h2a2 2 0 0 1 2 2v2" /><path d="M21 17v2a2 2 0 0 1-2 2h-2" /><path d="M7 21H5a2 2 0 0 1-2-2v-2" /><rect width="10" height="8" x="7" y="8" rx="1" />',
  "grip-vertical": '<circle cx="9" cy="12" r="1" /><circle cx="9" cy="5" r="1" /><circle cx="9" cy="19" r="1" /><circle cx="15" cy="12" r="1" /><circle cx="15" cy="5" r="1" /><circle cx="15" cy="19" r="1" />',
  hand: '<path d="M18 11V6a2 2 0 0 0-2-2a2 2 0 0 0-2 2" /><path d="M14 10V4a2 2 0 0 0-2-2a2 2 0 0 0-2 2v2" /><path d="M10 10.5V6a2 2 0 0 0-2-2a2 2 0 0 0-2 2v8" /><path d="M18 8a2 2 0 1 1 4 0v6a8 8 0 0 1-8 8h-2c-2.8 0-4.5-.86-5.99-2.34l-3.6-3.6a2 2 0 0 1 2.83-2.82L7 15" />',
  history: '<path d="M3 12a9 9 0 1 0 9-9 9.75 9.75 0 0 0-6.74 2.74L3 8" /><path d="M3 3v5h5" /><path d="M12 7v5l4 2" />',
  "image-up": '<path d="M10.3 21H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2v10l-3.1-3.1a2 2 0 0 0-2.814.014L6 21" /><path d="m14 19.5 3-3 3 3" /><path d="M17 22v-5.5" /><circle cx="9" cy="9" r="2" />',
  images: '<path d="m22 11-1.296-1.296a2.4 2.4 0 0 0-3.408 0L11 16" /><path d="M4 8a2 2 0 0 0-2 2v10a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2" /><circle cx="13" cy="7" r="1" fill="currentColor" /><rect x="8" y="2" width="14" height="14" rx="2" />',
  lasso: '<path d="M3.704 14.467a10 8 0 1 1 3.115 2.375" /><path d="M7 22a5 5 0 0 1-2-3.994" /><circle cx="5" cy="16" r="2" />',
  moon: '<path d="M20.985 12.486a9 9 0 1 1-9.473-9.472c.405-.022.617.46.402.803a6 6 0 0 0 8.268 8.268c.344-.215.825-.004.803.401" />',
  "mouse-pointer-click": '<path d="M14 4.1 12 6" /><path d="m5.1 8-2.9-.8" /><path d="m6 12-1.9 2" /><path d="M7.2 2.2 8 5.1" /><path d="M9.037 9.69a.498.498 0 0 1 .653-.653l11 4.5a.5.5 0 0 1-.074.949l-4.349 1.041a1 1 0 0 0-.74.739l-1.04 4.35a.5.5 0 0 1-.95.074z" />',
  "paint-bucket": '<path d="M11 7 6 2" /><path d="M18.992 12H2.041" /><path d="M21.145 18.38A3.34 3.34 0 0 1 20 16.5a3.3 3.3 0 0 1-1.145 1.88c-.575.46-.855 1.02-.855 1.595A2 2 0 0 0 20 22a2 2 0 0 0 2-2.025c0-.58-.285-1.13-.855-1.595" /><path d="m8.5 4.5 2.148-2.148a1.205 1.205 0 0 1 1.704 0l7.296 7.296a1.205 1.205 0 0 1 0 1.704l-7.592 7.592a3.615 3.615 0 0 1-5.112 0l-3.888-3.888a3.615 3.615 0 0 1 0-5.112L5.67 7.33" />',
  palette: '<path d="M12 22a1 1 0 0 1 0-20 10 9 0 0 1 10 9 5 5 0 0 1-5 5h-2.25a1.75 1.75 0 0 0-1.4 2.8l.3.4a1.75 1.75 0 0 1-1.4 2.8z" /><circle cx="13.5" cy="6.5" r=".5" fill="currentColor" /><circle cx="17.5" cy="10.5" r=".5" fill="currentColor" /><circle cx="6.5" cy="12.5" r=".5" fill="currentColor" /><circle cx="8.5" cy="7.5" r=".5" fill="currentColor" />',
  plus: '<path d="M5 12h14" /><path d="M12 5v14" />',
  redo: '<path d="M21 7v6h-6" /><path d="M3 17a9 9 0 0 1 9-9 9 9 0 0 1 6 2.3l3 2.7" />',
  "refresh-cw": '<path d="M3 12a9 9 0 0 1 9-9 9.75 9.75 0 0 1 6.74 2.74L21 8" /><path d="M21 3v5h-5" /><path d="M21 12a9 9 0 0 1-9 9 9.75 9.75 0 0 1-6.74-2.74L3 16" /><path d="M8 16H3v5" />',
  replace: '<path d="M14 4a1 1 0 0 1 1-1" /><path d="M15 10a1 1 0 0 1-1-1" /><path d="M21 4a1 1 0 0 0-1-1" /><path d="M21 9a1 1 0 0 1-1 1" /><path d="m3 7 3 3 3-3" /><path d="M6 10V5a2 2 0 0 1 2-2h2" /><rect x="3" y="14" width="7" height="7" rx="1" />',
  save: '<path d="M15.2 3a2 2 0 0 1 1.4.6l3.8 3.8a2 2 0 0 1 .6 1.4V19a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z" /><path d="M17 21v-7a1 1 0 0 0-1-1H8a1 1 0 0 0-1 1v7" /><path d="M7 3v4a1 1 0 0 0 1 1h7" />',
  "scan-search": '<path d="M3 7V5a2 2 0 0 1 2-2h2" /><path d="M17 3h2a2 2 0 0 1 2 2v2" /><path d="M21 17v2a2 2 0 0 1-2 2h-2" /><path d="M7 21H5a2 2 0 0 1-2-2v-2" /><circle cx="12" cy="12" r="3" /><path d="m16 16-1.9-1.9" />',
  search: '<path d="m21 21-4.34-4.34" /><circle cx="11" cy="11" r="8" />',
  send: '<path d="M14.536 21.686a.5.5 0 0 0 .937-.024l6.5-19a.496.496 0 0 0-.635-.635l-19 6.5a.5.5 0 0 0-.024.937l7.93 3.18a2 2 0 0 1 1.112 1.11z" /><path d="m21.854 2.147-10.94 10.939" />',
  "share-2": '<circle cx="18" cy="5" r="3" /><circle cx="6" cy="12" r="3" /><circle cx="18" cy="19" r="3" /><line x1="8.59" x2="15.42" y1="13.51" y2="17.49" /><line x1="15.41" x2="8.59" y1="6.51" y2="10.49" />',
  "skip-forward": '<path d="M21 4v16" /><path d="M6.029 4.285A2 2 0 0 0 3 6v12a2 2 0 0 0 3.029 1.715l9.997-5.998a2 2 0 0 0 .003-3.432z" />',
  sparkles: '<path d="M11.017 2.814a1 1 0 0 1 1.966 0l1.051 5.558a2 2 0 0 0 1.594 1.594l5.558 1.051a1 1 0 0 1 0 1.966l-5.558 1.051a2 2 0 0 0-1.594 1.594l-1.051 5.558a1 1 0 0 1-1.966 0l-1.051-5.558a2 2 0 0 0-1.594-1.594l-5.558-1.051a1 1 0 0 1 0-1.966l5.558-1.051a2 2 0 0 0 1.594-1.594z" /><path d="M20 2v4" /><path d="M22 4h-4" /><circle cx="4" cy="20" r="2" />',
  square: '<rect width="18" height="18" x="3" y="3" rx="2" />',
  "square-dashed": '<path d="M5 3a2 2 0 0 0-2 2" /><path d="M19 3a2 2 0 0 1 2 2" /><path d="M21 19a2 2 0 0 1-2 2" /><path d="M5 21a2 2 0 0 1-2-2" /><path d="M9 3h1" /><path d="M9 21h1" /><path d="M14 3h1" /><path d="M14 21h1" /><path d="M3 9v1" /><path d="M21 9v1" /><path d="M3 14v1" /><path d="M21 14v1" />',
  "square-split-horizontal": '<path d="M12 2v20" /><path d="M16 3h3a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2h-3" /><path d="M8 21H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h3" />',
  "squares-intersect": '<path d="M10 22a2 2 0 0 1-2-2" /><path d="M14 2a2 2 0 0 1 2 2" /><path d="M16 22h-2" /><path d="M2 10V8" /><path d="M2 4a2 2 0 0 1 2-2" /><path d="M20 8a2 2 0 0 1 2 2" /><path d="M22 14v2" /><path d="M22 20a2 2 0 0 1-2 2" /><path d="M4 16a2 2 0 0 1-2-2" /><path d="M8 10a2 2 0 0 1 2-2h5a1 1 0 0 1 1 1v5a2 2 0 0 1-2 2H9a1 1 0 0 1-1-1z" /><path d="M8 2h2" />',
  "squares-subtract": '<path d="M10 22a2 2 0 0 1-2-2" /><path d="M16 22h-2" /><path d="M16 4a2 2 0 0 0-2-2H4a2 2 0 0 0-2 2v10a2 2 0 0 0 2 2h3a1 1 0 0 0 1-1v-5a2 2 0 0 1 2-2h5a1 1 0 0 0 1-1z" /><path d="M20 8a2 2 0 0 1 2 2" /><path d="M22 14v2" /><path d="M22 20a2 2 0 0 1-2 2" />',
  "squares-unite": '<path d="M4 16a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2h10a2 2 0 0 1 2 2v3a1 1 0 0 0 1 1h3a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H10a2 2 0 0 1-2-2v-3a1 1 0 0 0-1-1z" />',
  "trash-2": '<path d="M10 11v6" /><path d="M14 11v6" /><path d="M19 6v14a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V6" /><path d="M3 6h18" /><path d="M8 6V4a2 2 0 0 1 2-2h4a2 2 0 0 1 2 2v2" />',
  "triangle-alert": '<path d="m21.73 18-8-14a2 2 0 0 0-3.48 0l-8 14A2 2 0 0 0 4 21h16a2 2 0 0 0 1.73-3" /><path d="M12 9v4" /><path d="M12 17h.01" />',
  undo: '<path d="M3 7v6h6" /><path d="M21 17a9 9 0 0 0-9-9 9 9 0 0 0-6 2.3L3 13" />',
  upload: '<path d="M12 3v12" /><path d="m17 8-5-5-5 5" /><path d="M21 15v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4" />',
  "users-round": '<path d="M18 21a8 8 0 0 0-16 0" /><circle cx="10" cy="8" r="5" /><path d="M22 20c0-3.37-2-6.5-4-8a5 5 0 0 0-.45-8.3" />',
  "wand-sparkles": '<path d="m21.64 3.64-1.28-1.28a1.21 1.21 0 0 0-1.72 0L2.36 18.64a1.21 1.21 0 0 0 0 1.72l1.28 1.28a1.2 1.2 0 0 0 1.72 0L21.64 5.36a1.2 1.2 0 0 0 0-1.72" /><path d="m14 7 3 3" /><path d="M5 6v4" /><path d="M19 14v4" /><path d="M10 2v2" /><path d="M7 8H3" /><path d="M21 16h-4" /><path d="M11 3H9" />',
  x: '<path d="M18 6 6 18" /><path d="m6 6 12 12" />'
};

// javascript/retouch/ui/icons.mjs
var FALLBACK = "circle-dashed";
var LUCIDE = Object.freeze({
  add: "plus",
  again: "refresh-cw",
  batch: "images",
  before: "square-split-horizontal",
  box: "square-dashed",
  brush: "brush",
  check: "check",
  chevron: "chevron-right",
  close: "x",
  copy: "copy",
  dark: "moon",
  down: "chevron-down",
  download: "download",
  drop: "image-up",
  eraser: "eraser",
  everything: "scan-search",
  extend: "expand",
  eye: "eye",
  eyeoff: "eye-off",
  fill: "paint-bucket",
  find: "search",
  fit: "fullscreen",
  folder: "folder-open",
  grip: "grip-vertical",
  hand: "hand",
  help: "circle-question-mark",
  history: "history",
  intersect: "squares-intersect",
  lasso: "lasso",
  palette: "palette",
  people: "users-round",
  point: "mouse-pointer-click",
  recipe: "sparkles",
  redo: "redo",
  refine: "wand-sparkles",
  remove: "trash-2",
  replace: "replace",
  save: "save",
  send: "send",
  share: "share-2",
  skip: "skip-forward",
  stop: "square",
  subtract: "squares-subtract",
  swap: "arrow-left-right",
  undo: "undo",
  union: "squares-unite",
  up: "chevron-up",
  upload: "upload",
  warn: "triangle-alert"
});
function icon(name) {
  const props = {
    viewBox: "0 0 24 24",
    width: 18,
    height: 18,
    class: "rt-icon",
    "aria-hidden": "true",
    focusable: "false"
  };
  const picture = svg("svg", props);
  picture.innerHTML = ICONS[Object.hasOwn(LUCIDE, name) ? LUCIDE[name] : FALLBACK];
  return picture;
}
function iconButton(name, label, press, { key = "", ...props } = {}) {
  const tip = key ? `${label}  (${key})` : label;
  return h(
    "button",
    { type: "button", class: "rt-icon-button", "aria-label": label, "data-tip": tip, onclick: press, ...props },
    icon(name)
  );
}
function textButton(label, sign, testid, press, extra = "") {
  const props = { type: "button", class: `rt-button ${extra}`.trim(), "data-testid": testid, onclick: press };
  return h("button", props, sign && icon(sign), label);
}

// javascript/retouch/recipes/text.mjs
function bareRecipe({ own: _own, draft: _draft, replaces: _replaces, ...recipe }) {
  return recipe;
}
function recipeName({ name }) {
  return name?.trim() || "Custom";
}
function describePasses({ passes = [] }) {
  return passes.map((pass) => {
    const { target = {}, enabled = true, denoising_strength: strength = 0.4, variations = 1, gate = {} } = pass;
    const extras = [
      text("pass.strength", { strength }),
      variations > 1 && text("pass.variations", { count: variations }),
      gate.mode === "on" && text("pass.gate"),
      !enabled && text("pass.off")
    ];
    return { looks: describeTarget(target), extras: extras.filter(Boolean).join(" · ") };
  });
}
function describeTarget({ what = "detectors", models = [], classes = [], of_pass: within }) {
  const named = [...models, ...classes].join(", ");
  const head = what === "detectors" || what === "text" ? named || text("pass.nothing") : [what, named].filter(Boolean).join(": ");
  return within ? text("pass.within", { target: head, number: within }) : head;
}
function describePeople(people) {
  const named = people.map(({ prompt }) => `"${prompt}"`).join(", ");
  return named && text("recipes.people", { prompts: named });
}
function describePrompt(typed, infotext) {
  const own = /^([^]*?)(?:\nNegative prompt: |\nSteps: |$)/.exec(infotext)[1].trim();
  if (typed.trim()) {
    return text("recipes.words.typed", { prompt: typed.trim() });
  }
  return own ? text("recipes.words.own", { prompt: own }) : text("recipes.words.none");
}
function describeTakenName({ message }) {
  return message.split("`")[0].replace(/, or $/, ".");
}
function recipeFileName(recipe, ending = "json") {
  const stem = recipeName(recipe).normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "");
  return `${stem.slice(0, 48) || "recipe"}.${ending}`;
}
function recipeFileText(recipe) {
  return `${JSON.stringify(bareRecipe(recipe), null, 2)}
`;
}

// javascript/retouch/batch/dialog.mjs
var DEFAULT_RECIPE = "Face polish";
var SAVE = text("batch.save");
var SAVE_TIP = text("batch.save.tip");
var runs = /* @__PURE__ */ new WeakMap();
async function openBatch(studio) {
  const { api } = studio;
  if (!runs.has(api)) {
    runs.set(api, new BatchRun(api));
    runs.get(api).restore();
  }
  const recipes = api.get("recipes").then(({ recipes: known }) => known);
  new BatchDialog(studio, runs.get(api), await recipes.catch((error) => reportError(studio, error))).open();
}
function reportError({ notices }, error) {
  notices.say(error.message, "error");
  return [];
}
var BatchDialog = class {
  #files = [];
  /**
   * @param {import("../studio.mjs").Studio} studio
   * @param {BatchRun} run
   * @param {object[]} recipes as the server lists them
   */
  constructor({ root, notices }, run, recipes) {
    Object.assign(this, { root, notices, run });
    this.recipe = h(
      "select",
      { "aria-label": text("batch.recipe"), "data-testid": "batch-recipe", onchange: () => this.update() },
      recipes.map(makeOption)
    );
    this.recipe.value = recipes.find(({ name }) => name === DEFAULT_RECIPE)?.name ?? recipes[0]?.name ?? "";
    this.about = h("p", { class: "rt-hint" });
    this.prompt = h("input", {
      type: "text",
      placeholder: text("batch.prompt.hint"),
      "aria-label": text("batch.prompt"),
      "data-testid": "batch-prompt"
    });
    this.chosen = h("p", { "data-testid": "batch-chosen" });
    this.sum = h("p", { class: "rt-batch-sum", role: "status", "data-testid": "batch-sum" });
    this.bar = h("progress", { max: 1, "aria-label": text("batch.progress") });
    this.list = h("ul", { class: "rt-batch-list", "aria-label": text("batch.files"), tabindex: "0" });
    this.#makeButtons();
    this.setupPane = h("div", { class: "rt-batch-ask" }, this.#makeDropArea(), this.#makeForm());
    this.workPane = h("div", {}, this.#makeHead(), this.bar, this.list);
    this.element = this.#makeDialog();
    this.update = this.update.bind(this);
  }
  open() {
    this.run.addEventListener("change", this.update);
    this.root.append(this.element);
    this.element.showModal();
    this.update();
  }
  update() {
    const { run } = this;
    this.setupPane.hidden = Boolean(run.job);
    this.workPane.hidden = !run.job;
    this.chosen.textContent = this.#files.length ? text("batch.chosen", { count: this.#files.length }) : "";
    this.about.textContent = this.recipe.selectedOptions[0]?.title ?? "";
    this.start.disabled = !this.#files.length || !this.recipe.value;
    this.#showButtons(run.rows);
    this.sum.textContent = run.text;
    this.bar.max = run.rows.length || 1;
    this.bar.value = run.done;
    syncChildren(this.list, run.rows, { key: ({ key }) => key, make: makeRow, update: this.#updateRow });
  }
  /** Shows the buttons that apply now. */
  #showButtons(rows) {
    const { run } = this;
    this.cancel.hidden = !run.busy || run.cancelled;
    this.resume.hidden = !run.resumable;
    const over = rows.every((row) => isDone(row) || row.state === "failed");
    this.resume.textContent = over ? text("batch.retry") : text("batch.resume");
    this.fresh.hidden = run.busy;
    this.save.hidden = this.summary.hidden = !rows.some(isDone) || Boolean(run.fault);
    this.summary.href = run.job ? run.address("page") : "";
  }
  #updateRow = (element, row) => {
    const [name, words, link] = element.children;
    element.dataset.state = row.state;
    name.textContent = row.name;
    words.textContent = describeRow(row);
    link.hidden = !isDone(row);
    link.href = link.hidden ? "" : this.run.address(`file/${row.number}`);
  };
  #makeButtons() {
    const button = (label, testid, press, props = {}) => h("button", { type: "button", class: "rt-button", "data-testid": testid, onclick: press, ...props }, label);
    this.start = button(text("batch.start"), "batch-start", () => this.#start(), { class: "rt-button rt-primary" });
    this.cancel = button(text("batch.cancel"), "batch-cancel", () => this.run.cancel());
    this.resume = button(text("batch.resume"), "batch-resume", () => this.run.resume());
    this.fresh = button(text("batch.new"), "batch-new", () => this.run.clear());
    this.save = button(SAVE, "batch-save", () => this.#save(), { title: SAVE_TIP });
    this.summary = h(
      "a",
      { class: "rt-button", target: "_blank", rel: "noopener", "data-testid": "batch-summary" },
      text("batch.summary")
    );
  }
  #makeHead() {
    const buttons = [this.cancel, this.resume, this.save, this.summary, this.fresh];
    return h("div", { class: "rt-batch-head" }, this.sum, buttons);
  }
  #makeForm() {
    return h("div", { class: "rt-batch-asked" }, this.recipe, this.prompt, this.start, this.about);
  }
  #makeDropArea() {
    return h(
      "div",
      { class: "rt-batch-place" },
      icon("drop"),
      h("p", {}, text("batch.drop")),
      h(
        "p",
        {},
        this.#makeFileChooser(text("batch.chooseFiles"), {}),
        text("batch.or"),
        this.#makeFileChooser(text("batch.chooseFolder"), { webkitdirectory: true })
      ),
      this.chosen
    );
  }
  /** A button and the hidden field that it stands for; of a folder only the pictures are taken. */
  #makeFileChooser(label, props) {
    const take = () => this.#setFiles(props.webkitdirectory ? listPictures(field.files) : [...field.files]);
    const field = h("input", { type: "file", multiple: true, hidden: true, onchange: take, ...props });
    const press = () => field.click();
    const testid = props.webkitdirectory ? "batch-folder" : "batch-files";
    return [
      h("button", { type: "button", class: "rt-link", "data-testid": testid, onclick: press }, label),
      field
    ];
  }
  #setFiles(files2) {
    this.#files = files2;
    this.update();
  }
  async #start() {
    const request = { recipe: this.recipe.value, prompt: this.prompt.value };
    const files2 = this.#files;
    this.#files = [];
    await this.run.start(files2, request).catch((error) => {
      this.notices.say(error.message, "error");
      this.#setFiles(files2);
    });
  }
  /** Every result, and the summary, as one file: on a browser's disk, where hundreds have room. */
  async #save() {
    const { run, save } = this;
    const name = recipeFileName({ name: run.status.recipe }, "zip");
    const make = () => new Zip2({ keep: (bytes) => new Blob([bytes]) });
    const give = ({ parts }) => download(new Blob(parts, { type: "application/zip" }), name);
    const tell = (done, all) => save.textContent = text("batch.packing", { number: done + 1, count: all });
    save.disabled = true;
    try {
      await packBatch(run.rows, run.fetchBytes, { give, tell, make });
    } catch (error) {
      this.sum.textContent = text("batch.unpacked", { why: error.message });
    }
    save.disabled = false;
    save.textContent = SAVE;
  }
  #makeDialog() {
    const close = () => dialog.close();
    const gone = () => {
      this.run.removeEventListener("change", this.update);
      dialog.remove();
    };
    const drop = async (event) => {
      event.preventDefault();
      event.stopPropagation();
      if (event.type === "drop" && !this.run.job) {
        this.#setFiles(await readDroppedFiles(event.dataTransfer));
      }
    };
    const handlers = { ondragenter: drop, ondragover: drop, ondrop: drop, onclose: gone };
    const dialog = h(
      "dialog",
      {
        class: "rt-dialog rt-batch",
        "aria-labelledby": "rt-batch-title",
        "data-testid": "batch-dialog",
        ...handlers
      },
      h(
        "header",
        {},
        h("h2", { id: "rt-batch-title" }, text("batch.title")),
        iconButton("close", text("dialog.close"), close)
      ),
      this.setupPane,
      this.workPane
    );
    return dialog;
  }
};
function makeOption({ name = "Custom", description = "" }) {
  return h("option", { value: name, title: description }, name);
}
function makeRow({ name }) {
  return h(
    "li",
    { "data-testid": "batch-file" },
    h("span", { class: "rt-batch-name", title: name }),
    h("span", { class: "rt-batch-words" }),
    h("a", { class: "rt-link", download: true }, text("batch.saveOne"))
  );
}

// javascript/retouch/ui/dialogs.mjs
var SECONDS = { info: 5, warning: 20, error: 30 };
var Notices = class {
  #shown = /* @__PURE__ */ new Set();
  constructor() {
    this.element = h("div", {
      class: "rt-notices",
      role: "status",
      "aria-live": "polite",
      "data-testid": "notices"
    });
  }
  /** Show `words`; `action` is {label, run}. Stays until closed when `kind` is "lasting". Returns how to close it. */
  say(words, kind = "info", action = null) {
    const close = () => notice.remove();
    const pressed = () => (close(), action.run());
    const notice = h(
      "div",
      { class: `rt-notice rt-${kind}` },
      kind === "info" ? null : icon("warn"),
      h("span", {}, words),
      action && h("button", { type: "button", class: "rt-link", onclick: pressed }, action.label),
      iconButton("close", text("notice.dismiss"), close)
    );
    this.#removeEqual(words);
    this.element.append(notice);
    if (SECONDS[kind]) {
      closeLater(notice, SECONDS[kind] * 1e3);
    }
    return close;
  }
  /** What is true of every answer is worth one notice, not one per answer. */
  sayOnce(text2, kind) {
    if (!this.#shown.has(text2)) {
      this.#shown.add(text2);
      this.say(text2, kind);
    }
  }
  #removeEqual(text2) {
    [...this.element.children].filter((old) => old.querySelector("span").textContent === text2).forEach((old) => old.remove());
  }
};
function closeLater(notice, wait) {
  setTimeout(() => notice.matches(":hover, :focus-within") ? closeLater(notice, wait) : notice.remove(), wait);
}
function menuButton(face, label, items, props = {}) {
  const list = h("div", { class: "rt-menu", role: "menu", hidden: true });
  const button = h(
    "button",
    {
      type: "button",
      class: "rt-button",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "aria-label": label,
      ...props
    },
    ...face
  );
  const wrap = h("div", { class: "rt-menu-wrap" }, button, list);
  const close = (back = false) => {
    list.hidden = true;
    button.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside, true);
    if (back) {
      button.focus();
    }
  };
  const outside = (event) => wrap.contains(event.target) || close();
  const open = async () => {
    list.replaceChildren(...(await items()).map((item) => makeMenuItem(item, close)));
    list.hidden = false;
    button.setAttribute("aria-expanded", "true");
    document.addEventListener("pointerdown", outside, true);
    list.querySelector("button:not(:disabled)")?.focus();
  };
  button.addEventListener("click", () => list.hidden ? open() : close());
  list.addEventListener("keydown", (event) => moveFocus(list, event, close));
  return wrap;
}
function makeMenuItem({ label, hint = "", run, disabled = false, testid = false }, close) {
  const press = () => (close(true), run());
  return h(
    "button",
    { type: "button", role: "menuitem", disabled, onclick: press, "data-testid": testid },
    h("span", {}, label),
    hint && h("small", {}, hint)
  );
}
function moveFocus(list, event, close) {
  const items = [...list.querySelectorAll("button:not(:disabled)")];
  const here = items.indexOf(document.activeElement);
  const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: items.length - 1 }[event.key];
  if (event.key === "Escape" || event.key === "Tab") {
    close(true);
  } else if (to !== void 0) {
    items[(to + items.length) % items.length]?.focus();
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}
function chooseOption(parent, title, question, options) {
  return new Promise((resolve) => {
    let chosen = null;
    const take = (option) => (chosen = option, dialog.close());
    const over = () => (dialog.remove(), resolve(chosen));
    const dialog = h(
      "dialog",
      {
        class: "rt-dialog rt-question",
        "aria-labelledby": "rt-question-title",
        "data-testid": "choice",
        onclose: over
      },
      h(
        "header",
        {},
        h("h2", { id: "rt-question-title" }, title),
        iconButton("close", text("dialog.close"), () => dialog.close())
      ),
      h("p", {}, question),
      h(
        "div",
        { class: "rt-answers" },
        options.map((option) => makeChoiceButton(option, take))
      )
    );
    parent.append(dialog);
    dialog.showModal();
  });
}
function makeChoiceButton(option, take) {
  const words = [h("b", {}, option.label), h("small", {}, option.hint)];
  return h("button", { type: "button", class: "rt-button", onclick: () => take(option) }, words);
}
function showShortcuts(parent, actions) {
  const groups = groupShortcuts(actions);
  const close = h(
    "form",
    { method: "dialog" },
    h("button", { class: "rt-button", "aria-label": text("shortcuts.close") }, text("dialog.close"))
  );
  const sections = [...groups].filter(([name]) => name).map(([name, those]) => makeShortcutGroup(name, those));
  const dialog = h(
    "dialog",
    {
      class: "rt-dialog",
      "aria-labelledby": "rt-shortcuts-title",
      "data-testid": "shortcuts",
      onclose: () => dialog.remove()
    },
    h("header", {}, h("h2", { id: "rt-shortcuts-title" }, text("shortcuts.title")), close),
    h("div", { class: "rt-shortcuts" }, sections)
  );
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  parent.append(dialog);
  dialog.showModal();
}
function groupShortcuts(actions) {
  const groups = /* @__PURE__ */ new Map();
  actions.forEach((action) => groups.set(action.group, [...groups.get(action.group) ?? [], action]));
  return groups;
}
function makeShortcutGroup(name, actions) {
  const rows = actions.map(({ keys, label, listedKeys = keys }) => [
    h("dt", {}, ...listedKeys.slice(0, 2).map((key) => h("kbd", {}, formatKey(key)))),
    h("dd", {}, label)
  ]);
  return h("section", {}, h("h3", {}, name), h("dl", {}, rows.flat()));
}
function formatKey(key) {
  return key.replace("ArrowLeft", "←").replace("ArrowRight", "→").replace("ArrowUp", "↑").replace("ArrowDown", "↓").replaceAll("+", " + ").replace("Escape", "Esc");
}

// javascript/retouch/ui/key-listener.mjs
var SKIPPED = 'input:not([type="checkbox"]):not([type="range"]):not([type="button"]):not([type="color"]), textarea, select, [contenteditable="true"]';
function isTyping(target) {
  return target instanceof Element && target.matches(SKIPPED);
}
function readChord(event) {
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const named = key === " " ? "Space" : key;
  const shifted = event.shiftKey && (named.length > 1 || /[A-Z]/.test(named));
  const parts = [(event.ctrlKey || event.metaKey) && "Ctrl", event.altKey && "Alt", shifted && "Shift", named];
  return parts.filter(Boolean).join("+");
}
var OWN_KEYS = "dialog, [role=dialog], [role=menu], [data-own-keys] :focus-visible";
function isClaimed(target, keys, first) {
  if (!(target instanceof Element) || first && !target.closest(OWN_KEYS)) {
    return false;
  }
  const pressed = keys === "Enter" || keys === "Space" || keys === "Tab";
  if (pressed && target.closest("button, a, summary, input, [role=menuitem], [role=option]")) {
    return true;
  }
  return target.matches('input[type="range"], [role="slider"]') && /^(Arrow|Home|End|Page)/.test(keys);
}
function listenForKeys(actions, alive, target = document) {
  const known = new Map(actions.flatMap((action) => action.keys.map((keys) => [keys, action])));
  const pressed = /* @__PURE__ */ new Map();
  const down = (event, early) => {
    const keys = readChord(event);
    const action = known.get(keys);
    const deaf = !action || Boolean(action.early) !== early || !alive() || event.defaultPrevented || event.isComposing;
    if (deaf || isTyping(event.target) || isClaimed(event.target, keys, action.first?.()) || action.when?.(event) === false) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (action.up) {
      if (!pressed.has(event.code)) {
        pressed.set(event.code, action);
        action.run(event);
      }
    } else {
      action.run(event);
    }
  };
  const up = (event) => {
    pressed.get(event.code)?.up(event);
    pressed.delete(event.code);
  };
  const blur = () => {
    pressed.forEach((action) => action.up());
    pressed.clear();
  };
  const first = (event) => down(event, true);
  const last = (event) => down(event, false);
  target.addEventListener("keydown", first, true);
  target.addEventListener("keydown", last);
  target.addEventListener("keyup", up);
  globalThis.addEventListener?.("blur", blur);
  return () => {
    target.removeEventListener("keydown", first, true);
    target.removeEventListener("keydown", last);
    target.removeEventListener("keyup", up);
    globalThis.removeEventListener?.("blur", blur);
  };
}

// javascript/retouch/files/import-export.mjs
async function makePictureFile(doc) {
  const bytes = await packPng(composePicture(doc), doc.baggage, infotextOf(doc));
  return new File([bytes], nameFor(doc), { type: "image/png" });
}
async function makeMaskFile(doc) {
  return new File([fromBase64(await activeMask(doc).toPng(doc.base))], "mask.png", { type: "image/png" });
}
function nameFor({ name, steps, extension }) {
  const stem = name.replace(/\.\w+$/, "") || "picture";
  return `${stem}${extension || steps.some(({ on }) => on) ? "-retouched" : ""}.png`;
}
var STRIPPED = text("open.pasted");
var PASTED = "image.png";
function listenForFiles(root, alive, { open, notices }) {
  const veil = h("div", { class: "rt-veil", "aria-hidden": "true", hidden: true }, h("span", {}, text("open.drop")));
  root.append(veil);
  const hasFiles = (event) => [...event.dataTransfer?.types ?? []].includes("Files");
  const over = (event) => {
    if (hasFiles(event)) {
      event.preventDefault();
      event.stopPropagation();
      veil.hidden = false;
    }
  };
  const out = (event) => veil.hidden = !(event.relatedTarget && root.contains(event.relatedTarget)) || veil.hidden;
  const drop = (event) => {
    veil.hidden = true;
    const file = pickFile(event.dataTransfer);
    if (file) {
      event.preventDefault();
      event.stopPropagation();
      open(file);
      warnOfOthers(event.dataTransfer, file, notices);
    }
  };
  const paste = (event) => {
    const file = pickFile(event.clipboardData);
    if (alive() && file && !isTyping(event.target)) {
      event.preventDefault();
      open(file);
      warnOfOthers(event.clipboardData, file, notices);
      if (file.name === PASTED) {
        notices.sayOnce(STRIPPED, "info");
      }
    }
  };
  const listeners = [
    [root, "dragenter", over],
    [root, "dragover", over],
    [root, "dragleave", out],
    [root, "drop", drop],
    [document, "paste", paste]
  ];
  listeners.forEach(([target, name, listener]) => target.addEventListener(name, listener));
  return () => listeners.forEach(([target, name, listener]) => target.removeEventListener(name, listener));
}
function warnOfOthers({ files: files2 }, file, notices) {
  if (files2.length > 1) {
    const told = text("open.onlyOne", { files: files2.length, name: file.name });
    notices.say(told, "warning");
  }
}
function pickFile(transfer) {
  return [...transfer?.files ?? []].find(({ type }) => type.startsWith("image/")) ?? transfer?.files?.[0] ?? null;
}

// javascript/retouch/point-to-mask.mjs
function addFoundObjects(doc, regions, text2) {
  return regions.reduce(
    (now, { mask, label }) => addObject(now, { name: label || text2, mask, candidates: [mask] }),
    doc
  );
}
var PointToMask = class {
  #pending = /* @__PURE__ */ new Set();
  #lastClick = Promise.resolve();
  /** @param {import("./studio.mjs").Studio} studio */
  constructor({ store, view, segmentJobs, notices }) {
    Object.assign(this, { store, view, segmentJobs, notices });
    view.addEventListener("prompt", (event) => {
      this.#lastClick = Promise.allSettled([this.#lastClick, this.#showBusy(this.#segmentPrompt(event.detail))]);
    });
    store.addEventListener(
      "change",
      ({ detail }) => detail.before?.base !== detail.doc.base && this.onToolChange(view.tool)
    );
  }
  /** Resolves once every click so far has its mask or has failed. */
  whenSettled() {
    return this.#lastClick;
  }
  /** Marks the canvas busy until `work` ends. */
  #showBusy(work) {
    const { element } = this.view;
    this.#pending.add(work);
    element?.setAttribute("aria-busy", "true");
    return work.finally(() => {
      this.#pending.delete(work);
      if (!this.#pending.size) {
        element?.removeAttribute("aria-busy");
      }
    });
  }
  /** Segments an object's clicks and box. Its mask becomes part of the same undoable step. */
  async #segmentPrompt({ object: { id }, clicks, box }) {
    const { store } = this;
    const doc = store.doc;
    if (!clicks.some(({ on, positive }) => on && positive) && !box) {
      this.segmentJobs.cancel(id);
      return store.amend(setCandidates(doc, id, []));
    }
    const { memory } = objectOf(doc, id);
    const answer = await this.#tryJob(() => this.segmentJobs.segmentAt(doc, id, { clicks, box, memory }));
    const now = objectOf(store.doc, id);
    if (!answer || !now || now.clicks !== clicks || now.box !== box) {
      return void 0;
    }
    return store.amend(
      setCandidates(
        store.doc,
        id,
        answer.regions.map(({ mask }) => mask),
        { memory: answer.memory }
      )
    );
  }
  /** The tool Everything needs all regions before the pointer moves over the first. */
  async onToolChange(name) {
    const { base } = this.store.doc;
    if (name !== "everything" || !base) {
      return;
    }
    const answer = await this.#showBusy(this.#tryJob(() => this.segmentJobs.segmentEverything(this.store.doc)));
    if (answer && this.store.doc.base === base) {
      this.view.regions = answer.regions;
    }
  }
  async #tryJob(work) {
    try {
      const answer = await work();
      answer?.warnings.forEach((warning) => this.notices.say(warning, "warning"));
      return answer;
    } catch (error) {
      this.notices.say(error.message, "error");
      return null;
    }
  }
};

// javascript/retouch/document/variations.mjs
function variationsOf(doc) {
  return doc.variations ?? null;
}
function chosenJob({ jobs, candidates, chosen }) {
  return jobs.find(({ id }) => id === candidates[chosen].job);
}
function addJob(doc, { candidates, ...job }) {
  const { jobs, candidates: others } = variationsOf(doc) ?? { jobs: [], candidates: [] };
  const named = Object.freeze({ id: newId(), ...job });
  return withCandidates(doc, [...jobs, named], others, candidates, named.id);
}
function addCandidates(doc, id, candidates, { parts, warnings = [] } = {}) {
  const { jobs, candidates: others } = variationsOf(doc);
  const more = (job) => Object.freeze({
    ...job,
    parts: parts ?? job.parts,
    warnings: [.../* @__PURE__ */ new Set([...job.warnings ?? [], ...warnings])]
  });
  return withCandidates(doc, jobs.map((job) => job.id === id ? more(job) : job), others, candidates, id);
}
function withCandidates(doc, jobs, others, candidates, job) {
  const added = candidates.map((candidate) => ({ ...candidate, job }));
  return setVariations(doc, { jobs, candidates: [...others, ...added], chosen: others.length });
}
function setVariations(doc, variations) {
  return Object.freeze({ ...selectObject(doc, null), variations: Object.freeze(variations) });
}
function clearVariations(doc) {
  const variations = variationsOf(doc);
  return variations ? Object.freeze({ ...selectObject(doc, chosenJob(variations).objects.at(-1) ?? doc.selected), variations: null }) : doc;
}
function chooseVariation(doc, index) {
  const variations = variationsOf(doc);
  const count = variations.candidates.length;
  return setVariations(doc, { ...variations, chosen: (index % count + count) % count });
}
function keepVariation(doc) {
  const { objects, steps } = chosenJob(variationsOf(doc));
  const done = objects.reduce(
    (now, id) => changeObject(now, id, { use: false, visible: false }),
    clearVariations(doc)
  );
  const newSteps = steps ? steps : makeSteps(variationsOf(doc));
  return Object.freeze({ ...selectObject(newSteps.reduce(addStep, done), null), sketch: steps ? doc.sketch : null });
}
function upgradeVariations({ candidates, chosen = 0, ...job }) {
  const id = newId();
  return Object.freeze({
    jobs: [Object.freeze({ id, ...job })],
    candidates: candidates.map((candidate) => ({ ...candidate, job: id })),
    chosen
  });
}
function makeSteps(variations) {
  const [best, job] = [variations.candidates[variations.chosen], chosenJob(variations)];
  const alike = variations.candidates.filter((other) => other.job === job.id && partKey(other) === partKey(best));
  return listSingles(best).map((one, place) => {
    const others = alike.map((other) => listSingles(other)[place]);
    const step = makeStep(job, one, dropDuplicates(others, one));
    return best.of ? { ...step, asked: step.asked.cropped(overlap(step.asked.box, step.box)) } : step;
  });
}
function dropDuplicates(candidates, one) {
  const byPainting = new Map(candidates.map((candidate) => [candidate.painting ?? candidate, candidate]));
  byPainting.set(one.painting ?? one, one);
  return [...byPainting.values()];
}
function listSingles(candidate) {
  return candidate.of ?? [candidate];
}
function assignPart(candidate, part) {
  return { ...candidate, part, ...candidate.of ? { of: candidate.of.map((one) => ({ ...one, part })) } : {} };
}
function partKey(candidate) {
  return listSingles(candidate).map(({ part }) => part).join();
}
function makeStep(job, one, all) {
  const { box, patch, mask, seed, scores } = one;
  const { mask: asked, request } = job.parts?.[one.part] ?? { mask: job.asked, request: job.request };
  const origin = { request: { ...request, seed }, infotext: job.infotext, report: { seed, scores } };
  const step = { name: job.name, intent: job.intent, box, patch, mask, asked, ...origin };
  const repaintable = { how: one.how, paintings: all.map(({ painting }) => painting), chosen: all.indexOf(one) };
  return one.how ? { ...step, ...repaintable } : step;
}
function reopenStep(doc, step) {
  const steps = doc.steps.map((other) => other.id === step.id ? Object.freeze({ ...other, on: false }) : other);
  return addObject(Object.freeze({ ...clearVariations(doc), steps }), {
    id: newId(),
    name: step.name,
    mask: step.asked,
    added: step.asked
  });
}
function mergeCandidates(doc, candidates) {
  if (candidates.length === 1) {
    return candidates[0];
  }
  const box = candidates.reduce((sum, candidate) => unionBox(sum, candidate.box), candidates[0].box);
  const steps = [...doc.steps.filter(({ on }) => on), ...candidates];
  const mask = candidates.reduce((sum, candidate) => sum.union(binarizeMask(candidate.mask)), NOTHING);
  const scores = meanScores(candidates.map((candidate) => candidate.scores));
  const [{ seed }] = candidates;
  return {
    box,
    patch: composeBox(doc.base, steps, box),
    mask: mask.cropped(box),
    seed,
    scores,
    of: candidates.flatMap(listSingles)
  };
}
function meanScores(all) {
  const mean = (name) => {
    const known = all.map((scores) => scores[name]).filter(Number.isFinite);
    return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
  };
  return Object.fromEntries(Object.keys(all[0]).map((name) => [name, mean(name)]));
}
function binarizeMask(mask) {
  return new Mask(
    mask.box,
    mask.data.map((alpha) => alpha ? 255 : 0)
  );
}
function changedArea(doc, after) {
  const before = composePicture(doc);
  if (after.width !== before.width || after.height !== before.height) {
    return null;
  }
  const now = new Uint32Array(before.data.buffer, before.data.byteOffset, before.width * before.height);
  const then = new Uint32Array(after.data.buffer, after.data.byteOffset, now.length);
  const mask = new Mask(
    boxOfSize(before),
    Uint8Array.from(now, (pixel, i) => pixel === then[i] ? 0 : 255)
  ).trimmed();
  return mask.width ? { box: mask.box, patch: after.crop(mask.box), mask } : null;
}
function makeThumbnail(pixels, side) {
  const scale = Math.max(1, Math.max(pixels.width, pixels.height) / side);
  const [width, height] = [pixels.width, pixels.height].map((n) => Math.max(1, Math.round(n / scale)));
  const from = new Uint32Array(pixels.data.buffer, pixels.data.byteOffset, pixels.width * pixels.height);
  const out = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = Math.min(pixels.height - 1, Math.floor((y + 0.5) * scale)) * pixels.width;
    for (let x = 0; x < width; x++) {
      out[y * width + x] = from[row + Math.min(pixels.width - 1, Math.floor((x + 0.5) * scale))];
    }
  }
  return new Pixels(width, height, new Uint8ClampedArray(out.buffer));
}

// javascript/retouch/files/read-picture.mjs
var ELABORATE = /* @__PURE__ */ new Set(["eXIf", "tRNS", "zTXt", "acTL"]);
var DEEP = 16;
async function readPicture(name, bytes, options) {
  const read = canDecodeExactly(bytes) ? readHere : readAtServer;
  try {
    return await read(name, bytes, options);
  } catch (error) {
    if (error instanceof RangeError) {
      throw new Error(text("open.tooLarge", { name }), { cause: error });
    }
    return readByBrowser(name, bytes, { ...options, error });
  }
}
function canDecodeExactly(bytes) {
  const header = pngHeader(bytes);
  const chunks = header?.depth === 8 ? chunksOf(bytes) : [];
  const types = chunks.map(({ type }) => type);
  const isGrey2 = header?.channels < 3;
  return types.includes("IEND") && !types.some((type) => ELABORATE.has(type) || isGrey2 && type === "iCCP") && !chunks.some((one) => one.type === "iTXt" && isElaborate(one));
}
function isElaborate(chunk) {
  const keyword = readKeyword(chunk);
  return keyword === "XML:com.adobe.xmp" || chunk.body[keyword.length + 1] !== 0;
}
async function readHere(name, bytes, { api, say }) {
  const pixels = await readPixels(bytes);
  api?.sendFile(pixels, toBase64(bytes)).then(
    ({ warnings = [] }) => warnings.forEach((warning) => say(`${name}: ${warning}`)),
    () => {
    }
    // it is sent again with the first question about it
  );
  return { pixels, baggage: readBaggage(bytes), infotext: readPngText(bytes) };
}
async function readAtServer(name, bytes, { api, say }) {
  if (!api) {
    throw new OfflineError();
  }
  const { image_id: id, warnings = [] } = await api.post("picture", { image: toBase64(bytes) });
  const png = await api.getBytes(`picture/${id}`);
  const pixels = await readPixels(png);
  api.setPictureId(pixels, id);
  const depths = [bytes, png].map((file) => isPng(file) ? file[24] : 8);
  const remarks = [...warnings, ...depths.includes(DEEP) ? [SHALLOW] : []];
  remarks.forEach((remark) => say(`${name}: ${remark}`));
  return { pixels, baggage: readBaggage(png), infotext: readPngText(png) };
}
var SHALLOW = text("open.shallow");
async function readPixels(png) {
  const { width, height, data } = await decodePixels(new Blob([png]));
  return new Pixels(width, height, data);
}
async function readByBrowser(name, bytes, { say, error }) {
  const { width, height, data } = await decodeInBrowser(new Blob([bytes])).catch(() => {
    throw new Error(text("open.unreadable", { name, why: explain(error) }).trim());
  });
  say(text("open.stripped", { name, why: explain(error) }));
  return { pixels: new Pixels(width, height, data), baggage: new Uint8Array(0), infotext: readPngText(bytes) };
}
function explain(error) {
  return error instanceof OfflineError ? text("server.silent") : error.message;
}

// javascript/retouch/document/scores.mjs
function keepFiniteScores(scores) {
  return Object.fromEntries(Object.entries(scores ?? {}).filter(([, value]) => Number.isFinite(value)));
}

// javascript/retouch/document/step-history.mjs
function listStepsUpon(steps, id) {
  const at = steps.findIndex((step) => step.id === id);
  const below = steps.slice(at, at + 1);
  for (const later of steps.slice(at + 1)) {
    if (later.on && below.some((step) => !isEmpty(overlap(seenBox(later), step.box)))) {
      below.push(later);
    }
  }
  return below.slice(1);
}
function seenBox({ how, box }) {
  return how ? boxOfList(how.step.crop) : box;
}
async function choosePainting(step, index) {
  const { paintings } = step;
  const chosen = (index % paintings.length + paintings.length) % paintings.length;
  const { box: list, patch, mask, seed, scores } = paintings[chosen];
  const box = boxOfList(list);
  const pixels = await Pixels.fromBlob(new Blob([fromBase64(patch)]));
  const fields = { box, patch: pixels, mask: await Mask.fromPng(mask, box), report: { seed, scores } };
  if (![pixels.box, fields.mask.box].every((one) => widthOf(one) === widthOf(box) && heightOf(one) === heightOf(box))) {
    throw new RangeError("a painting is not as large as its box");
  }
  return Object.freeze({ ...step, ...fields, chosen });
}
function labelSteps(steps) {
  const passes = new Set(steps.map(({ how }) => how?.step.pass_index));
  return steps.map(
    (step) => Object.freeze({ id: newId(), ...step, name: step.name || makeStepName(step, passes.size > 1) })
  );
}
function makeStepName({ how }, several) {
  const label = how?.step.label || text("step.unnamed");
  const name = label[0].toUpperCase() + label.slice(1);
  return several && how ? text("step.ofPass", { name, number: how.step.pass_index + 1 }) : name;
}
function replaceStep(doc, step) {
  const steps = doc.steps.map((other) => other.id === step.id ? step : other);
  return doc.steps.some(({ id }) => id === step.id) ? Object.freeze({ ...doc, steps }) : null;
}

// javascript/retouch/document/history-file.mjs
var ENDING = ".retouch";
var SCHEMA = 1;
var TEXT2 = "history.json";
var BEFORE = "before.png";
var MASKS = ["denoise", "composite", "hole"];
var LABEL = 200;
async function readHistoryFile(bytes, name = "") {
  try {
    return await parseMembers(membersOf(bytes), name);
  } catch {
    throw new Error(text(name ? "open.damaged" : "open.damagedUnnamed", { name }));
  }
}
async function parseMembers(members, name) {
  const { schema, entries, about } = JSON.parse(new TextDecoder().decode(await contentOf(members.get(TEXT2))));
  if (schema !== SCHEMA || !Array.isArray(entries) || !about) {
    throw new RangeError(`schema ${schema}`);
  }
  const before = await contentOf(members.get(BEFORE));
  const base = await Pixels.fromBlob(new Blob([before]));
  const page = about.page?.steps?.length === entries.length ? about.page : null;
  const pending = entries.map(async (entry, place) => {
    const file = (kind) => contentOf(members.get(`${place}-${kind}.png`)).then(toBase64);
    const fields = page ? await readPageFields(page.steps[place]) : { infotext: about.infotext ?? "" };
    return { ...await readStep(entry, file, base), ...fields };
  });
  const steps = labelSteps(await Promise.all(pending));
  const plain = newDocument(base, name, page?.before ?? readPngText(before), readBaggage(before));
  return Object.freeze({ ...plain, steps: Object.freeze(steps), about });
}
function listFileSteps(doc) {
  return doc.steps.filter(({ box }) => !isEmpty(overlap(box, boxOfSize(doc.base))));
}
async function writeHistoryFile(doc) {
  const steps = listFileSteps(doc);
  const entries = await Promise.all(steps.map((step, place) => makeEntry(step, place, doc.base)));
  const page = { before: doc.infotext, steps: await Promise.all(steps.map(packPageFields)) };
  const about = { ...doc.about, infotext: infotextOf(doc), page };
  const text2 = JSON.stringify({ schema: SCHEMA, about, entries: entries.map(({ entry }) => entry) });
  const before = await packPng(doc.base, doc.baggage, doc.infotext);
  const files2 = entries.flatMap(({ files: files3 }) => files3.map(([name, png]) => [name, fromBase64(png)]));
  return zipped([[TEXT2, new TextEncoder().encode(text2)], [BEFORE, before], ...files2]);
}
async function readStep({ paintings, step, chosen = 0, on = true, name = "" }, file, base) {
  const packed = paintings.map(async ({ seed, box, scores, score = 0 }, k) => {
    checkInside(box, base);
    return { seed, box, scores, score, patch: await file(k), mask: await file(`${k}-mask`) };
  });
  const there = MASKS.filter((kind) => kind !== "hole" || step?.hole);
  const masks = step ? await Promise.all(there.map(async (kind) => [kind, await file(kind)])) : [];
  const how = step ? Object.freeze({ step, masks: Object.freeze(Object.fromEntries(masks)) }) : null;
  const plain = { name, intent: "", asked: NOTHING, request: null, infotext: "", on, how };
  return choosePainting({ ...plain, paintings: Object.freeze(await Promise.all(packed)) }, chosen);
}
function checkInside(box, base) {
  const place = boxOfList(box);
  if (isEmpty(place) || !isSameBox(overlap(place, boxOfSize(base)), place)) {
    throw new RangeError(`[${box}] is no box in the picture`);
  }
}
async function makeEntry(step, place, base) {
  const paintings = step.paintings ?? [await makePainting(step, base)];
  const entry = {
    paintings: paintings.map(({ seed, box, scores, score }) => ({ seed, box, scores, score })),
    step: step.how?.step ?? null,
    chosen: step.chosen ?? 0,
    on: step.on,
    name: step.name.slice(0, LABEL)
  };
  const pngs = paintings.flatMap(({ patch, mask }, k) => [
    [`${k}`, patch],
    [`${k}-mask`, mask]
  ]);
  const masks = Object.entries(step.how?.masks ?? {});
  const files2 = [...pngs, ...masks].map(([kind, png]) => [`${place}-${kind}.png`, png]);
  return { entry, files: files2 };
}
async function makePainting({ box, patch, mask, report }, base) {
  const inside = overlap(box, boxOfSize(base));
  const cropped = patch.crop({
    left: inside.left - box.left,
    top: inside.top - box.top,
    right: inside.right - box.left,
    bottom: inside.bottom - box.top
  });
  return {
    seed: report?.seed ?? 0,
    box: listOfBox(inside),
    scores: keepFiniteScores(report?.scores),
    score: 0,
    patch: toBase64(await bytesOfBlob(await cropped.toBlob())),
    mask: await mask.cropped(inside).toPng()
  };
}
async function packPageFields({ intent, request, infotext, asked }) {
  const mask = asked?.width ? { box: listOfBox(asked.box), png: await asked.toPng() } : null;
  return { intent, request, infotext, asked: mask };
}
async function readPageFields({ intent = "", request = null, infotext = "", asked = null }) {
  const mask = asked?.png ? await Mask.fromPng(asked.png, boxOfList(asked.box)) : NOTHING;
  return { intent, request, infotext, asked: mask };
}

// javascript/retouch/files/open-file.mjs
var ACCEPTED_FILES = `image/*,${ENDING}`;
async function readDocument(file, { api = null, say = () => {
} } = {}) {
  const bytes = await bytesOfBlob(file);
  if (isZip(bytes) || file.name?.endsWith(ENDING)) {
    return readHistoryFile(bytes, file.name);
  }
  const name = file.name || "pasted.png";
  const { pixels, infotext, baggage } = await readPicture(name, bytes, { api, say });
  return newDocument(pixels, name, infotext, baggage);
}
async function makeHistoryFile(doc) {
  const stem = doc.name.replace(/\.\w+$/, "") || "picture";
  return new File([await writeHistoryFile(doc)], `${stem}${ENDING}`, { type: "application/zip" });
}

// javascript/retouch/document/people.mjs
function peopleOf(doc) {
  const { base } = doc;
  const named = doc.objects.filter(({ use, prompt }) => use && prompt.trim());
  return named.flatMap((object) => {
    const spot = pointOnObject(object, base);
    const at = spot && [(spot.x + 0.5) / base.width, (spot.y + 0.5) / base.height];
    return spot ? [{ prompt: object.prompt.trim(), at }] : [];
  });
}
function pointOnObject(object, base) {
  const mask = shapeMask(object, base);
  const inside = mask.cropped(overlap(mask.box, boxOfSize(base)));
  const click = object.clicks.find(({ x, y, positive, on }) => positive && on && inside.at(x, y) >= inside.half);
  return click ? { x: click.x, y: click.y } : deepestPoint(inside);
}
function deepestPoint(mask) {
  if (!areaOf(mask.box) || !mask.area) {
    return null;
  }
  const framed = mask.cropped(growBox(mask.box, 1));
  const far = Math.max(framed.width, framed.height);
  const outside = framed.data.map((alpha) => alpha < mask.half ? 1 : 0);
  const depths = squaredDistances(outside, framed.width, framed.height, 1, far);
  const at = depths.reduce((best, depth, index) => depth > depths[best] ? index : best, 0);
  return { x: at % framed.width + framed.box.left, y: Math.floor(at / framed.width) + framed.box.top };
}

// javascript/retouch/recipes/draft.mjs
var LONGEST_NAME = 80;
function blankRecipe(schema) {
  return { name: "", schema, passes: [{}] };
}
function getPath(tree, path) {
  return path.split(".").reduce((spot, name) => spot?.[name], tree);
}
function setPath(tree, path, value) {
  const [name, ...rest] = path.split(".");
  const { [name]: old, ...others } = tree;
  const inner = rest.length ? setPath(old ?? {}, rest.join("."), value) : value;
  const isEmpty2 = inner === void 0 || rest.length > 0 && !Object.keys(inner).length;
  return isEmpty2 ? others : { ...tree, [name]: inner };
}
function changePass(recipe, place, path, value) {
  const passes = recipe.passes.map((one, index) => index === place ? setPath(one, path, value) : one);
  return { ...recipe, passes };
}
function addPass(recipe, place) {
  return reorderPasses(recipe, placesOf(recipe).toSpliced(place + 1, 0, null));
}
function duplicatePass(recipe, place) {
  return reorderPasses(recipe, placesOf(recipe).toSpliced(place + 1, 0, place));
}
function removePass(recipe, place) {
  return reorderPasses(recipe, placesOf(recipe).toSpliced(place, 1));
}
function movePass(recipe, place, by) {
  const to = place + by;
  return recipe.passes[to] ? reorderPasses(recipe, placesOf(recipe).toSpliced(place, 1).toSpliced(to, 0, place)) : recipe;
}
function passesWithin(recipe, place) {
  return placesOf(recipe).filter((index) => recipe.passes[index].target?.of_pass === place + 1);
}
function placesOf({ passes }) {
  return passes.map((_, place) => place);
}
function reorderPasses(recipe, order) {
  const passes = order.map((old) => {
    const one = recipe.passes[old] ?? {};
    const named = one.target?.of_pass;
    const now = order.indexOf(named - 1) + 1;
    return named ? setPath(one, "target.of_pass", now || void 0) : one;
  });
  return { ...recipe, passes };
}
function parseFaultPath(path) {
  const inside = path.replace(/^recipe(\.|$)/, "");
  const [, pass = null, rest = inside] = /^passes\[(\d+)\]\.?(.*)$/.exec(inside) ?? [];
  return { pass: pass && Number(pass), knob: rest.replace(/\[\d+\]/g, "") };
}
function parseRemark(remark) {
  const [, number = null, text2 = remark] = /^Pass (\d+): (.*)$/s.exec(remark) ?? [];
  return { pass: number && number - 1, text: text2 };
}
function startDraft(recipe, known) {
  if (recipe.draft || !known.includes(recipe)) {
    return recipe;
  }
  const name = recipeName(recipe);
  return recipe.own ? { ...recipe, replaces: name } : { ...bareRecipe(recipe), name: makeCopyName(name, known.map(recipeName)) };
}
function makeCopyName(original, taken) {
  const lower = new Set(taken.map((one) => one.toLowerCase()));
  const stem = original.replace(/ copy( \d+)?$/, "");
  for (let number = 1; ; number++) {
    const end = number > 1 ? ` copy ${number}` : " copy";
    const name = stem.slice(0, LONGEST_NAME - end.length) + end;
    if (!lower.has(name.toLowerCase())) {
      return name;
    }
  }
}
function isEqual(one, other) {
  return JSON.stringify(one, sortKeys) === JSON.stringify(other, sortKeys);
}
function sortKeys(_key, value) {
  const isObject = value !== null && typeof value === "object" && !Array.isArray(value);
  return isObject ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1)) : value;
}

// javascript/retouch/recipes/draft-storage.mjs
var KEY2 = "retouch-recipe-drafts";
function loadDrafts(storage = globalThis.localStorage) {
  try {
    const stored = JSON.parse(storage?.getItem(KEY2) ?? "[]");
    return Array.isArray(stored) ? stored.filter(({ draft, passes }) => draft && Array.isArray(passes)) : [];
  } catch {
    return [];
  }
}
function keepDraft(recipe, storage = globalThis.localStorage) {
  const known = loadDrafts(storage);
  const isThere = known.some(({ draft }) => draft === recipe.draft);
  const recipes = isThere ? known.map((one) => one.draft === recipe.draft ? recipe : one) : [...known, recipe];
  saveDrafts(recipes, storage);
}
function dropDraft(name, storage = globalThis.localStorage) {
  const known = loadDrafts(storage);
  const recipes = known.filter(({ draft }) => draft !== name);
  if (recipes.length < known.length) {
    saveDrafts(recipes, storage);
  }
}
function saveDrafts(recipes, storage) {
  try {
    storage?.setItem(KEY2, JSON.stringify(recipes));
  } catch {
  }
}

// javascript/retouch/ui/knob-widgets.mjs
function knobsOf(schema, prefix = "") {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = prefix + name;
    const inner = findVariant(field, (s) => s.type === "object" && s.properties);
    return inner ? knobsOf(inner, `${path}.`) : [readKnob(path, field)];
  });
}
function readKnob(path, field) {
  const plain = findVariant(field, (s) => s.type && s.type !== "null") ?? field;
  return {
    path,
    label: field.title || path,
    help: field.description ?? "",
    group: field.group ?? "",
    order: field.order ?? 0,
    type: plain.type ?? "string",
    items: plain.items?.type ?? null,
    low: plain.minimum,
    high: plain.maximum,
    choices: plain.enum ?? null,
    optional: (field.anyOf ?? []).some((s) => s.type === "null"),
    default: field.default ?? null
  };
}
function frontKnobs(knobs) {
  return knobs.filter(({ order }) => order > 0).sort((a, b) => a.order - b.order);
}
function foldedKnobs(knobs) {
  const folds = /* @__PURE__ */ new Map();
  for (const knob of knobs.filter(({ order }) => !order)) {
    folds.set(knob.group, [...folds.get(knob.group) ?? [], knob]);
  }
  return folds;
}
function findVariant(field, fits) {
  return fits(field) ? field : (field.anyOf ?? []).find(fits);
}
function inputStep({ type, low, high }) {
  return type === "integer" ? 1 : high - low <= 2 ? 0.01 : 0.5;
}
var isBounded = ({ type, low, high }) => ["integer", "number"].includes(type) && low !== void 0 && high !== void 0;
var isSlidable = (k) => isBounded(k) && k.high - k.low <= 4096;
function makeKnobRow(knob, { owner = "", value, moved, set, make = makeWidget }) {
  const id = ["rt-knob", owner, knob.path.replaceAll(".", "-")].filter(Boolean).join("-");
  const back = h(
    "button",
    {
      type: "button",
      class: "rt-back",
      hidden: !moved,
      "aria-label": text("knobs.backOf", { label: knob.label }),
      "data-tip": text("knobs.back"),
      onclick: () => set(void 0)
    },
    "↺"
  );
  const label = h("label", { for: id, title: knob.help }, knob.label);
  const input = make(knob, id, value, set);
  return h(
    "div",
    { class: `rt-knob rt-${knob.type}${moved ? " rt-moved" : ""}`, "data-knob": knob.path },
    label,
    input,
    back
  );
}
function makeWidget(knob, id, value, set) {
  if (knob.type === "boolean") {
    return h("input", { id, type: "checkbox", checked: Boolean(value), onchange: (e) => set(e.target.checked) });
  }
  if (knob.choices) {
    return makeSelect(knob, id, value, set);
  }
  if (knob.type === "array") {
    return makeListField(knob, id, value, set);
  }
  return isSlidable(knob) ? makeSlider(knob, id, value, set) : makeInput(knob, id, value, set);
}
function makeSelect(knob, id, value, set) {
  const options = knob.choices.map((choice) => h("option", { value: choice, selected: choice === value }, choice));
  return h("select", { id, onchange: (e) => set(e.target.value) }, options);
}
function makeSlider(knob, id, value, set) {
  const bounds = { min: knob.low, max: knob.high, step: inputStep(knob) };
  const say = (raw) => set(raw === "" ? void 0 : clampValue(knob, Number(raw)));
  const number = h("input", {
    ...bounds,
    id,
    type: "number",
    value: value ?? "",
    placeholder: text("knobs.auto"),
    onchange: (e) => say(e.target.value)
  });
  const range = h("input", {
    ...bounds,
    type: "range",
    value: value ?? restingValue(knob),
    "aria-label": text("knobs.slider", { label: knob.label }),
    tabindex: -1
  });
  range.addEventListener("input", () => number.value = range.value);
  range.addEventListener("change", () => say(range.value));
  return h("span", { class: "rt-slider" }, range, number);
}
function restingValue({ low, high }) {
  return Math.min(Math.max(0, low), high);
}
function clampValue({ low, high }, value) {
  return Math.min(Math.max(value, low), high);
}
function makeInput(knob, id, value, set) {
  const isNumber = knob.type === "integer" || knob.type === "number";
  const read = (raw) => raw === "" ? void 0 : isNumber ? Number(raw) : raw;
  const props = isNumber ? { type: "number", min: knob.low ?? false, max: knob.high ?? false } : { type: "text" };
  return h("input", {
    ...props,
    id,
    value: value ?? "",
    placeholder: knob.optional || value === null ? text("knobs.auto") : "",
    onchange: (e) => set(read(e.target.value))
  });
}
function makeListField({ items, help }, id, value, set) {
  const item = (word) => items === "string" || Number.isNaN(Number(word)) ? word : Number(word);
  const read = (raw) => splitList(raw).map(item);
  return h("input", {
    id,
    type: "text",
    placeholder: help,
    value: (value ?? []).join(", "),
    onchange: (e) => set(e.target.value.trim() === "" ? void 0 : read(e.target.value))
  });
}
function splitList(raw) {
  return raw.split(",").map((word) => word.trim()).filter(Boolean);
}

// javascript/retouch/ui/collapsible.mjs
var KEY3 = "retouch-folded";
function loadFolded() {
  try {
    return new Set(JSON.parse(localStorage.getItem(KEY3) ?? "[]"));
  } catch {
    return /* @__PURE__ */ new Set();
  }
}
function makeSection(name, title, children, { tools = [], open = true } = {}) {
  const isOpen = loadFolded().has(`${name}:${open}`) ? !open : open;
  const body = h("div", { class: "rt-section-body", id: `rt-section-${name}`, hidden: !isOpen }, ...children);
  const button = h(
    "button",
    { type: "button", class: "rt-fold", "aria-expanded": isOpen, "aria-controls": body.id },
    icon("chevron"),
    title
  );
  button.addEventListener("click", () => {
    body.hidden = !body.hidden;
    button.setAttribute("aria-expanded", !body.hidden);
    const names = loadFolded();
    names[body.hidden === open ? "add" : "delete"](`${name}:${open}`);
    localStorage.setItem(KEY3, JSON.stringify([...names]));
  });
  const head = h("header", {}, h("h2", {}, button), h("div", { class: "rt-section-tools" }, ...tools));
  return h("section", { class: `rt-section rt-section-${name}`, "data-testid": name }, head, body);
}

// javascript/retouch/recipes/pass-knobs.mjs
var OWNER = "pass";
var PassKnobs = class {
  /** Which row is made anew: its input shows what was typed, which may not be what it came to. */
  #revisions = /* @__PURE__ */ new Map();
  #round = 0;
  /**
   * @param {object[]} knobs of a pass, see `knobsOf`
   * @param {Object<string, string[]>} uses the targets that a knob of the target is for, where not for all
   * @param {object[]} models the detectors there are
   * @param {(path: string, value: any) => void} change hears of a knob's value; undefined for its default
   */
  constructor({ knobs, uses, models, change }) {
    Object.assign(this, { uses, models, change });
    const isFirst = ({ path }) => path === "target.what" || targetKnob(path) in uses;
    const first = knobs.filter(isFirst).sort((a, b) => isWhat(b) - isWhat(a));
    const others = knobs.filter((knob) => !isFirst(knob));
    this.fold = [...foldedKnobs(others)].map(([title, folded]) => ({ ...this.#makeFold(title), knobs: folded }));
    const body = h("div", { class: "rt-adjust" });
    this.groups = [{ knobs: [...first, ...frontKnobs(others)], body }, ...this.fold];
    this.element = h("div", { class: "rt-edit-knobs" }, body, ...this.fold.map(({ element }) => element));
  }
  #makeFold(title) {
    const count = h("small", {});
    const body = h("div", { class: "rt-adjust" });
    const element = makeSection(`pass-${title.toLowerCase()}`, h("span", {}, title, " ", count), [body], { open: false });
    return { count, body, element };
  }
  /** @param {Map<string, string>} faults by knob; `fresh` where it is another pass than before */
  show(pass, faults, fresh = false) {
    this.#round += Number(fresh);
    this.pass = pass;
    const key = ({ path }) => `${this.#round} ${path} ${this.#revisions.get(path) ?? 0}`;
    const make = (knob) => this.#makeRow(knob);
    const update = (row, { path }) => showState(row, getPath(pass, path) !== void 0, faults.get(path) ?? "");
    const focus = document.activeElement?.id;
    for (const { knobs, body, count } of this.groups) {
      const those = knobs.filter((knob) => this.#isUsed(knob));
      syncChildren(body, those, { key, make, update });
      const moved = those.filter(({ path }) => getPath(pass, path) !== void 0).length;
      if (count) {
        count.textContent = moved ? text("knobs.changed", { count: moved }) : "";
      }
    }
    if (focus?.startsWith("rt-knob-") && document.activeElement?.id !== focus) {
      this.element.querySelector(`#${focus}`)?.focus();
    }
  }
  /** Whether a knob of that path is there. */
  has(path) {
    return this.#rowOf(path) !== null;
  }
  /** Unfold a knob and give it the focus. */
  reveal(path) {
    const row = this.#rowOf(path);
    const body = row?.closest(".rt-section-body");
    if (body?.hidden) {
      this.element.querySelector(`[aria-controls="${body.id}"]`).click();
    }
    row?.querySelector("input:not([tabindex='-1']), select, textarea")?.focus();
  }
  #rowOf(path) {
    return this.element.querySelector(`[data-knob="${path}"]`);
  }
  /** A knob that its target has no use for is shown only where it is moved: so that it can be put back. */
  #isUsed({ path }) {
    const users = path.startsWith("target.") ? this.uses[targetKnob(path)] : null;
    const what = this.pass.target?.what ?? "detectors";
    return !users || users.includes(what) || getPath(this.pass, path) !== void 0;
  }
  #makeRow(knob) {
    const { path } = knob;
    const value = getPath(this.pass, path);
    const set = (to) => {
      this.#revisions.set(path, (this.#revisions.get(path) ?? 0) + 1);
      this.#setKnob(knob, to);
    };
    const make = this.#widgetMaker(knob);
    const moved = value !== void 0;
    const row = makeKnobRow(knob, { owner: OWNER, value: value ?? knob.default, moved, set, make });
    const id = `${row.querySelector("label").htmlFor}-fault`;
    const fault = h("p", { class: "rt-edit-fault", id, hidden: true });
    return h("div", { class: "rt-edit-knob" }, row, fault);
  }
  /** A value that is the default needs no saying. */
  #setKnob(knob, to) {
    this.change(knob.path, isEqual(to, knob.default) ? void 0 : to);
  }
  #widgetMaker(knob) {
    if (/prompt$/.test(knob.path)) {
      return (_, id, value) => this.#makePromptField(knob, id, value);
    }
    return knob.path === "target.models" ? (...args) => this.#makeDetectorField(...args) : makeWidget;
  }
  #makePromptField(knob, id, value) {
    const typed = (event) => this.#setKnob(knob, event.target.value);
    return h("textarea", { id, class: "rt-words", rows: 2, value, placeholder: knob.help, oninput: typed });
  }
  /** Names with commas between them, and a list to take them from. */
  #makeDetectorField(knob, id, value, set) {
    const field = makeWidget(knob, id, value, set);
    const add = (event) => set([.../* @__PURE__ */ new Set([...splitList(field.value), event.target.value])]);
    const options = this.models.map(
      ({ name, installed, description }) => h(
        "option",
        { value: name, title: description },
        installed ? name : text("editor.detector.absent", { name })
      )
    );
    const list = h(
      "select",
      {
        id: `${id}-add`,
        "aria-label": text("editor.detector.label"),
        "data-testid": "add-detector",
        onchange: add
      },
      h("option", { value: "", selected: true }, text("editor.detector.add")),
      options
    );
    return h("span", { class: "rt-edit-pick" }, field, list);
  }
};
function isWhat({ path }) {
  return Number(path === "target.what");
}
function targetKnob(path) {
  return path.replace(/^target\./, "");
}
function showState(element, isMoved, text2) {
  const [row, fault] = element.children;
  row.classList.toggle("rt-moved", isMoved);
  row.querySelector(".rt-back").hidden = !isMoved;
  fault.hidden = !text2;
  fault.textContent = text2;
  const field = row.querySelector(`#${row.querySelector("label").htmlFor}`);
  setAttribute(field, "aria-invalid", Boolean(text2));
  if (text2) {
    setAttribute(field, "aria-describedby", fault.id);
  } else {
    field.removeAttribute("aria-describedby");
  }
}

// javascript/retouch/recipes/pass-list.mjs
var LIST_ACTIONS = [
  ["add", "add", text("editor.pass.add")],
  ["copy", "duplicate", text("editor.pass.duplicate")],
  ["remove", "remove", text("editor.pass.remove")],
  ["up", "up", text("editor.pass.up")],
  ["down", "down", text("editor.pass.down")]
];
var PassList = class {
  /** `choose(place)` hears of a choice, `change(action)` of "add", "duplicate", "remove", "up" and "down". */
  constructor({ choose, change }) {
    Object.assign(this, { choose, change });
    this.list = h("ol", {
      class: "rt-edit-list",
      "aria-label": text("editor.passes"),
      onkeydown: (event) => this.#key(event)
    });
    const buttons = LIST_ACTIONS.map(([sign, action, label]) => [
      action,
      iconButton(sign, label, () => this.#do(action), { title: label, "data-testid": `pass-${action}` })
    ]);
    this.buttons = Object.fromEntries(buttons);
    const tools = h("div", { class: "rt-group", role: "group", "aria-label": text("editor.tools") });
    tools.append(...Object.values(this.buttons));
    this.element = h("div", { class: "rt-edit-passes" }, tools, this.list);
  }
  /** @param {Map<number, string>} marks remarks by pass; `at` is the chosen pass */
  show(recipe, at, marks) {
    this.at = at;
    this.count = recipe.passes.length;
    const items = describePasses(recipe).map((line, place) => ({ ...line, place, mark: marks.get(place) ?? "" }));
    syncChildren(this.list, items, { key: ({ place }) => place, make: (item) => this.#entry(item), update: this.#update });
    const { duplicate, remove, up, down } = this.buttons;
    duplicate.disabled = remove.disabled = !this.count;
    up.disabled = at < 1;
    down.disabled = at >= this.count - 1;
  }
  /** Bring the chosen pass into view; with the focus where `focus` says so. */
  reveal(focus) {
    const chosen = this.list.children[this.at]?.firstChild;
    chosen?.scrollIntoView({ block: "nearest" });
    if (focus) {
      (chosen ?? this.buttons.add).focus();
    }
  }
  #entry({ place }) {
    const press = () => this.choose(place);
    const number = h("span", { class: "rt-edit-number" }, String(place + 1));
    const words = h("span", {}, h("b", {}), h("small", {}));
    const mark = h("span", { class: "rt-edit-mark", role: "img" }, icon("warn"));
    return h("li", {}, h("button", { type: "button", onclick: press, "data-testid": "pass" }, number, words, mark));
  }
  #update = (element, { place, looks, extras, mark }) => {
    const [button] = element.children;
    const [, words, sign] = button.children;
    words.firstChild.textContent = looks;
    words.lastChild.textContent = extras;
    sign.hidden = !mark;
    setAttribute(sign, "aria-label", mark);
    sign.title = mark;
    setAttribute(button, "aria-current", place === this.at);
  };
  #do(action) {
    this.change(action);
    if (this.buttons[action].disabled) {
      this.reveal(true);
    }
  }
  /** Arrows choose, and with Alt they move what is chosen. */
  #key(event) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const action = { ArrowUp: "up", ArrowDown: "down", Delete: "remove" }[event.key];
    if (!action || event.key !== "Delete" && !event.altKey && !(this.at + by in this.list.children)) {
      return;
    }
    event.preventDefault();
    if (event.altKey || event.key === "Delete") {
      this.change(action);
    } else {
      this.choose(this.at + by);
    }
    this.reveal(true);
  }
};

// javascript/retouch/util/debounce.mjs
function debounce(work, wait) {
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

// javascript/retouch/recipes/validation.mjs
var WAIT_MS = 300;
var RecipeValidation = class {
  #revision = 0;
  /** `onChange()` is called after every answer. */
  constructor(api, onChange) {
    Object.assign(this, { api, onChange, fault: null, remarks: [] });
    this.validateSoon = debounce((recipe) => this.validate(recipe), WAIT_MS);
  }
  /** Ignores the answer that is still to come. */
  reset() {
    this.validateSoon.cancel();
    this.#revision++;
    this.fault = null;
  }
  /** Ask now. True where nothing is wrong; false, too, where it has changed meanwhile. */
  async validate(recipe) {
    this.validateSoon.cancel();
    const mine = ++this.#revision;
    const [fault, remarks] = await this.#request(recipe);
    if (mine !== this.#revision) {
      return false;
    }
    Object.assign(this, { fault, remarks });
    this.onChange();
    return !fault;
  }
  async #request(recipe) {
    try {
      const { warnings } = await this.api.post("recipes/read", { text: JSON.stringify(recipe) });
      return [null, warnings.map(parseRemark)];
    } catch (error) {
      return [makeFault(error), []];
    }
  }
  /** Sets the fault of a refused request. */
  setError(error) {
    this.fault = makeFault(error);
    this.onChange();
  }
  /** @returns {Map<string, string>} what is wrong with the knobs of a pass, or for null of the recipe itself */
  faultsOf(pass) {
    return this.fault?.pass === pass ? /* @__PURE__ */ new Map([[this.fault.knob, this.fault.text]]) : /* @__PURE__ */ new Map();
  }
  /** @returns {Map<number, string>} what is to be said of passes, one line a pass */
  marksByPass() {
    const marks = /* @__PURE__ */ new Map();
    for (const { pass, text: text2 } of [this.fault, ...this.remarks].filter(Boolean)) {
      if (pass !== null) {
        marks.set(pass, [marks.get(pass), text2].filter(Boolean).join(" "));
      }
    }
    return marks;
  }
};
function makeFault(error) {
  const place = error instanceof ServerError ? parseFaultPath(error.path) : { pass: null, knob: "" };
  return { ...place, text: error.path === "recipe.name" ? describeTakenName(error) : error.message };
}

// javascript/retouch/recipes/editor.mjs
var UNSAVED = text("editor.unsaved");
var ABOUT = ["name", "description"];
var LIST_ACTIONS2 = {
  add: (recipe, at) => [addPass(recipe, at), Math.min(at + 1, recipe.passes.length)],
  duplicate: (recipe, at) => [duplicatePass(recipe, at), at + 1],
  remove: (recipe, at) => [removePass(recipe, at), Math.max(0, Math.min(at, recipe.passes.length - 2))],
  up: (recipe, at) => [movePass(recipe, at, -1), at - 1],
  down: (recipe, at) => [movePass(recipe, at, 1), at + 1]
};
var RecipeEditor = class {
  #at = 0;
  /**
   * @param {import("../studio.mjs").Studio} studio
   * @param {object} recipe what to begin with; `draft` is its name among the drafts where it is one, `replaces`
   *     which of the person's own recipes is changed
   * @param {object} known what the server says: `schema` of a recipe, `models`, `uses` of the target's knobs
   * @param {object} handlers `onSave(answer)`, `onRun()` and, in any case, `onClose(draft)`
   */
  constructor({ root, store, api, fixJobs, notices }, recipe, { schema, models, uses }, handlers) {
    Object.assign(this, { root, store, api, fixJobs, notices, handlers, replaces: recipe.replaces ?? "" });
    this.recipe = { passes: [], ...bareRecipe(recipe) };
    this.start = recipe.draft ? null : this.recipe;
    this.draft = recipe.draft ?? `${Date.now()}-${Math.random()}`;
    this.validation = new RecipeValidation(api, () => this.#draw());
    this.passes = new PassList({ choose: (at) => this.#choose(at), change: (action) => this.#rearrange(action) });
    const change = (path, value) => this.#setRecipe(changePass(this.recipe, this.#at, path, value));
    this.knobs = new PassKnobs({ knobs: knobsOf(schema.properties.passes.items), uses, models, change });
    const fields = ABOUT.map((name) => this.#makeField(name, schema.properties[name]));
    this.about = h("div", { class: "rt-edit-about" }, fields);
    this.dialog = this.#makeDialog();
  }
  open() {
    this.root.append(this.dialog);
    this.dialog.showModal();
    this.#draw(true);
    this.validation.validate(this.recipe);
    (this.recipe.name ? this.passes.buttons.add : this.dialog.querySelector("input")).focus();
  }
  /** Whether there are unsaved changes. */
  get isDirty() {
    return this.start === null || !isEqual(this.recipe, this.start);
  }
  // ---- what it looks like
  #makeDialog() {
    this.title = h("h3", {});
    this.remarks = h("div", { class: "rt-edit-remarks", role: "status", "data-testid": "edit-remarks" });
    this.status = h("div", { class: "rt-edit-said", role: "alert", "data-testid": "edit-said" });
    const pane = h("div", { class: "rt-edit-pass" }, this.title, this.remarks, this.knobs.element);
    const title = this.replaces ? text("editor.title", { name: this.replaces }) : text("recipes.new");
    const dialog = h(
      "dialog",
      {
        class: "rt-dialog rt-edit",
        "aria-labelledby": "rt-edit-title",
        "data-testid": "recipe-editor",
        oncancel: (event) => (event.preventDefault(), this.#leave()),
        onclose: () => this.#onClose(),
        onkeydown: (event) => this.#onKey(event)
      },
      h(
        "header",
        {},
        h("h2", { id: "rt-edit-title" }, title),
        iconButton("close", text("dialog.close"), () => this.#leave())
      ),
      this.about,
      h("div", { class: "rt-edit-body" }, this.passes.element, pane),
      h("div", { class: "rt-edit-foot" }, this.status, this.#makeTools())
    );
    return dialog;
  }
  #makeField(name, { title, description }) {
    const id = `rt-edit-${name}`;
    const input = h("input", {
      id,
      type: "text",
      value: this.recipe[name] ?? "",
      placeholder: description,
      "aria-describedby": `${id}-fault`,
      "data-testid": `edit-${name}`,
      oninput: () => this.#setRecipe({ ...this.recipe, [name]: input.value })
    });
    const fault = h("p", { class: "rt-edit-fault", id: `${id}-fault` });
    return h("div", {}, h("label", { for: id }, title), input, fault);
  }
  #makeTools() {
    const run = textButton(text("recipes.run"), "recipe", "edit-run", () => this.#run());
    run.disabled = !this.store.doc.base;
    const save = textButton(text("recipes.save"), "check", "edit-save", () => this.#save(), "rt-primary");
    return h("div", { class: "rt-row" }, run, save);
  }
  /** All that can have changed; `fresh` where another pass is chosen than before. */
  #draw(fresh = false) {
    const { recipe, validation } = this;
    const pass = recipe.passes[this.#at];
    const faults = validation.faultsOf(this.#at);
    this.passes.show(recipe, this.#at, validation.marksByPass());
    this.title.textContent = pass ? text("editor.pass", { number: this.#at + 1, count: recipe.passes.length }) : text("editor.noPass");
    this.knobs.element.hidden = !pass;
    this.knobs.show(pass ?? {}, faults, fresh);
    const about = validation.faultsOf(null);
    [...this.about.children].forEach(({ children: [, input, fault] }, index) => {
      fault.textContent = about.get(ABOUT[index]) ?? "";
      setAttribute(input, "aria-invalid", Boolean(fault.textContent));
    });
    const homeless = [...faults].filter(([path]) => !this.knobs.has(path));
    const general = [...about].filter(([path]) => !ABOUT.includes(path));
    this.#drawRemarks([...general, ...homeless].map(([, text2]) => text2));
  }
  /** What no field can show, and what is odd about this pass or all of it. */
  #drawRemarks(faults) {
    const remarks = this.validation.remarks.filter(({ pass }) => pass === null || pass === this.#at);
    const texts = [...faults, ...remarks.map(({ text: text2 }) => text2)];
    if (texts.join("\n") !== this.shown) {
      this.shown = texts.join("\n");
      const lines = texts.map((text2) => h("p", { class: "rt-recipe-remark" }, icon("warn"), text2));
      this.remarks.replaceChildren(...lines);
    }
  }
  #say(...parts) {
    this.status.replaceChildren(...parts);
  }
  // ---- what changes it
  #choose(at) {
    this.#at = at;
    this.#draw(true);
  }
  /** Whatever becomes of the page, nothing that was written is lost. */
  #setRecipe(recipe, at = null) {
    this.recipe = recipe;
    this.#at = at ?? this.#at;
    if (this.isDirty) {
      keepDraft({ ...recipe, draft: this.draft, replaces: this.replaces });
    } else {
      dropDraft(this.draft);
    }
    this.#draw(at !== null);
    this.validation.validateSoon(recipe);
  }
  #rearrange(action) {
    const { recipe } = this;
    const at = this.#at;
    const [next, to] = LIST_ACTIONS2[action](recipe, at);
    if (next === recipe) {
      return;
    }
    this.validation.reset();
    this.#say();
    this.#setRecipe(next, to);
    this.passes.reveal();
    if (action === "remove") {
      this.#sayRemoved(recipe, at);
    }
  }
  #sayRemoved(before, at) {
    const lookers = passesWithin(before, at).map((place) => place > at ? place : place + 1);
    const lost = lookers.length ? text("editor.lost", { passes: lookers.join(", ") }) : "";
    const undo = textButton(text("editor.undo"), "undo", "edit-undo", () => (this.#say(), this.#setRecipe(before, at)));
    this.#say(text("editor.removed", { number: at + 1, lost }), undo);
  }
  // ---- how it ends
  async #run() {
    const { recipe } = this;
    if (!await this.validation.validate(recipe)) {
      return this.#reveal();
    }
    if (this.isDirty) {
      this.notices.say(UNSAVED);
    }
    this.dialog.close();
    this.handlers.onRun();
    this.fixJobs.run({ ...recipe, name: recipeName(recipe) });
  }
  /** One's own recipe takes the place of what it was; no other is written over. */
  async #save() {
    const { recipe, replaces } = this;
    const replace = Boolean(replaces) && replaces.toLowerCase() === recipeName(recipe).toLowerCase();
    this.validation.reset();
    try {
      const answer = await this.api.post("recipes/save", { recipe, replace });
      dropDraft(this.draft);
      this.dialog.close();
      this.handlers.onSave(answer);
    } catch (error) {
      this.validation.setError(error);
      this.#reveal();
    }
  }
  /** Go to what is wrong. */
  #reveal() {
    const { pass, knob } = this.validation.fault ?? { pass: null, knob: "" };
    if (pass === null) {
      return this.about.children[ABOUT.indexOf(knob)]?.querySelector("input").focus();
    }
    if (pass !== this.#at && this.recipe.passes[pass]) {
      this.#choose(pass);
    }
    this.knobs.reveal(knob);
    this.passes.reveal();
  }
  /** Closes the dialog; with unsaved changes asks first what becomes of them. */
  #leave() {
    document.activeElement?.blur();
    if (!this.isDirty) {
      return this.dialog.close();
    }
    const drop = () => (dropDraft(this.draft), this.dialog.close());
    const on = textButton(text("editor.goOn"), "", "edit-on", () => (this.#say(), this.passes.reveal(true)));
    const later = textButton(text("editor.later"), "", "edit-later", () => this.dialog.close());
    const away = textButton(text("editor.drop"), "remove", "edit-drop", drop);
    this.#say(h("span", {}, text("editor.dirty")), on, later, away);
    on.focus();
  }
  #onClose() {
    this.validation.reset();
    this.dialog.remove();
    this.handlers.onClose(this.draft);
  }
  #onKey(event) {
    event.stopPropagation();
    if (event.key === "Escape") {
      event.preventDefault();
      this.#leave();
    }
  }
};

// javascript/retouch/recipes/import.mjs
var PASTE = text("intake.paste");
var FILES = ".json,.txt,image/png";
var BIGGEST = 64e6;
var RecipeImport = class {
  /** `take(text)` gets an imported text, `say(text)` why a file is refused; `own` is the picture's infotext. */
  constructor({ take, say, own }) {
    Object.assign(this, { take, say });
    this.pasted = h("textarea", {
      class: "rt-words",
      rows: 2,
      placeholder: PASTE,
      "aria-label": PASTE,
      "data-testid": "recipe-paste",
      onpaste: () => setTimeout(() => take(this.pasted.value))
    });
    const fromPicture = textButton(text("intake.picture"), "eye", "recipe-of-picture", () => take(own));
    fromPicture.disabled = !own;
    const tools = [
      textButton(text("intake.read"), "check", "recipe-read", () => take(this.pasted.value)),
      textButton(
        text("intake.file"),
        "folder",
        "recipe-file",
        async () => this.#readFile(await chooseFile(FILES))
      ),
      fromPicture
    ];
    this.element = h("div", { class: "rt-recipes-intake" }, this.pasted, h("div", { class: "rt-row" }, tools));
  }
  /** What was pasted has arrived. */
  clear() {
    this.pasted.value = "";
  }
  /** A text to be copied by hand, where the browser gives no clipboard. */
  showText(text2) {
    this.pasted.value = text2;
    this.pasted.select();
  }
  /** What is dropped on `target` comes in, too, and nowhere else. */
  listenForDrops(target) {
    const handle = (work) => (event) => {
      event.preventDefault();
      event.stopPropagation();
      work(event);
    };
    target.addEventListener("dragenter", handle(() => {
    }));
    target.addEventListener("dragover", handle(() => target.classList.add("rt-dropping")));
    target.addEventListener("dragleave", handle(() => target.classList.remove("rt-dropping")));
    const drop = ({ dataTransfer }) => {
      target.classList.remove("rt-dropping");
      const [file] = dataTransfer.files;
      return file ? this.#readFile(file) : this.take(dataTransfer.getData("text"));
    };
    target.addEventListener("drop", handle(drop));
  }
  async #readFile(file) {
    if (!file) {
      return;
    }
    if (file.size > BIGGEST) {
      return this.say(text("intake.tooLarge", { name: file.name }));
    }
    const bytes = await bytesOfBlob(file);
    await this.take(readPngText(bytes) || (file.type.startsWith("image/") ? " no recipe" : await file.text()));
  }
};

// javascript/retouch/util/seed-text.mjs
var SEEDS = 2n ** 32n;
function readSeed(typed) {
  const digits = typed.trim().replace(/\.0*$/, "");
  if (!/^\d+$/.test(digits)) {
    const isAny = digits === "" || digits.startsWith("-");
    return { seed: -1, remark: isAny ? "" : text("seed.notWhole", { typed }) };
  }
  const number = BigInt(digits);
  const seed = Number(number % SEEDS);
  const remark = text("seed.tooLarge", { typed: digits, largest: SEEDS - 1n, seed });
  return { seed, remark: number < SEEDS ? "" : remark };
}

// javascript/retouch/ui/setting-fields.mjs
var WAIT_MS2 = 150;
function makeTextField(settings, { read, write }, { placeholder, label, rows, testid }) {
  const change = debounce(write, WAIT_MS2);
  const field = h("textarea", { class: "rt-words", rows, placeholder, "aria-label": label, "data-testid": testid });
  field.addEventListener("input", () => change(field.value));
  field.addEventListener("change", () => change.now(field.value));
  const update = () => setValue(field, read());
  settings.addEventListener("change", update);
  update();
  return field;
}
function addLabel(field, label) {
  return h("label", { class: "rt-labelled" }, label, field);
}
function makeSeedField(settings, id) {
  const remarkLine = h("p", { class: "rt-hint rt-told", id: `${id}-told`, role: "status", hidden: true });
  const field = h("input", {
    id,
    type: "number",
    min: -1,
    placeholder: text("seed.random"),
    "aria-describedby": remarkLine.id,
    onchange: () => set(readSeed(field.value))
  });
  const update = () => setValue(field, settings.get("seed") < 0 ? "" : String(settings.get("seed")));
  const set = ({ seed, remark }) => {
    remarkLine.textContent = remark;
    remarkLine.hidden = remark === "";
    settings.set({ seed });
    update();
  };
  settings.addEventListener("change", update);
  update();
  return h("div", {}, h("div", { class: "rt-knob" }, h("label", { for: id }, text("seed.label")), field), remarkLine);
}

// javascript/retouch/recipes/rows.mjs
function makeSaveRow(recipe, fresh, save) {
  const name = h("input", {
    type: "text",
    value: recipeName(recipe) === "Custom" ? "" : recipeName(recipe),
    maxlength: 80,
    placeholder: text("recipes.name"),
    "aria-label": text("recipes.name.label"),
    "data-testid": "recipe-name"
  });
  const press = () => save(name.value);
  name.addEventListener("keydown", (event) => event.key === "Enter" && (event.preventDefault(), press()));
  const button = textButton(fresh ? text("recipes.save") : text("recipes.saveAs"), "add", "recipe-save", press);
  return h("div", { class: "rt-row" }, name, button);
}
function makeToolRow(recipe, edit, on) {
  const run = textButton(text("recipes.run"), "recipe", "recipe-run", on.run, "rt-primary");
  run.disabled = !on.run;
  return h(
    "div",
    { class: "rt-row" },
    run,
    textButton(edit, "brush", "recipe-edit", on.edit),
    textButton(text("recipes.share"), "share", "recipe-share", on.share),
    textButton(text("recipes.export"), "download", "recipe-export", on.export),
    on.remove && textButton(text("recipes.delete"), "remove", "recipe-delete", on.remove)
  );
}
function makePromptRow(settings, infotext) {
  const setting = {
    read: () => settings.get("recipe_prompt"),
    write: (prompt) => settings.set({ recipe_prompt: prompt })
  };
  const label = text("recipes.prompt");
  const options = { placeholder: describePrompt("", infotext), label, rows: 2, testid: "recipe-prompt" };
  return addLabel(makeTextField(settings, setting, options), label);
}
function makePeopleRow(people) {
  const words = describePeople(people);
  return words && h("p", { class: "rt-recipe-people", "data-testid": "recipe-people" }, icon("people"), words);
}

// javascript/retouch/recipes/dialog.mjs
function showRecipes(studio) {
  return new RecipesDialog(studio).open();
}
var RecipesDialog = class {
  #known = [];
  #drafts = loadDrafts();
  #uses = {};
  /** The recipe at hand, as the list or the last paste has it; null before the list is there. */
  #recipe = null;
  #remarks = [];
  /** @param {import("../studio.mjs").Studio} studio */
  constructor({ root, store, api, fixJobs, notices, settings }) {
    Object.assign(this, { root, store, api, fixJobs, notices, settings });
    this.list = h("div", { class: "rt-recipe-list", role: "listbox", "aria-label": text("recipes.title") });
    this.detail = h("div", { class: "rt-recipe", "data-testid": "recipe-detail" });
    this.status = h("p", { class: "rt-recipe-said", role: "status", "data-testid": "recipe-said" });
    this.importForm = new RecipeImport({
      take: (text2) => this.#readText(text2),
      say: (text2) => this.#say(text2),
      own: infotextOf(store.doc)
    });
    this.prompt = makePromptRow(this.settings, infotextOf(store.doc));
    this.dialog = this.#makeDialog();
  }
  async open() {
    this.root.append(this.dialog);
    this.dialog.showModal();
    const warnings = await this.#load();
    if (warnings) {
      this.#show(warnings);
    }
  }
  #makeDialog() {
    const { list, detail, status } = this;
    const close = h("form", { method: "dialog" }, h("button", { class: "rt-button" }, text("dialog.close")));
    const fresh = textButton(text("recipes.new"), "add", "recipe-new", () => this.#edit(null));
    const header = h("header", {}, h("h2", { id: "rt-recipes-title" }, text("recipes.title")), fresh, close);
    const body = h("div", { class: "rt-recipes-body" }, list, h("div", {}, detail, status));
    const dialog = h(
      "dialog",
      {
        class: "rt-dialog rt-recipes",
        "aria-labelledby": "rt-recipes-title",
        "data-testid": "recipes-dialog",
        onclose: () => dialog.remove(),
        onkeydown: (event) => event.stopPropagation()
      },
      header,
      body,
      this.importForm.element
    );
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    this.importForm.listenForDrops(dialog);
    return dialog;
  }
  /** Loads the server's recipes. Returns its warnings, or null after an error was shown. */
  async #load() {
    const answer = await this.#request(() => this.api.get("recipes"));
    if (!answer) {
      return null;
    }
    this.#known = answer.recipes.map((one) => ({ ...one, own: answer.own.includes(recipeName(one)) }));
    this.#uses = answer.uses;
    return answer.warnings ?? [];
  }
  /** The list for the first time. A recipe that was pasted or chosen before it arrived stays chosen. */
  #show(warnings) {
    const early = this.#recipe;
    this.#choose(early ?? this.#known[0] ?? null, this.#remarks);
    if (!early || warnings.length) {
      this.#say(...warnings);
    }
  }
  /** Load the list again and choose the recipe called `name`. */
  async #refresh(name) {
    if (await this.#load()) {
      this.#drafts = loadDrafts();
      this.#choose(this.#known.find((one) => recipeName(one) === name) ?? this.#known[0] ?? null);
      this.#say();
    }
  }
  #choose(recipe, remarks = []) {
    this.#recipe = recipe;
    this.#remarks = remarks;
    this.#draw();
  }
  #draw() {
    const recipe = this.#recipe;
    const mine = this.#known.filter(({ own }) => own);
    const others = this.#known.filter(({ own }) => !own);
    const fresh = recipe && ![...this.#known, ...this.#drafts].includes(recipe) ? [recipe] : [];
    const groups = [
      [text("recipes.unsaved"), [...this.#drafts, ...fresh]],
      [text("recipes.mine"), mine],
      [text("recipes.builtIn"), others]
    ].filter(([, those]) => those.length);
    const listed = groups.map(([title, those]) => [h("h3", {}, title), ...those.map((one) => this.#makeEntry(one))]);
    this.list.replaceChildren(...listed.flat());
    this.detail.replaceChildren(...recipe ? this.#makeDetails(recipe) : []);
    this.list.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }
  #makeEntry(recipe) {
    const props = {
      type: "button",
      role: "option",
      "aria-selected": recipe === this.#recipe,
      "data-testid": "recipe-entry",
      onclick: () => (this.#choose(recipe), this.#say())
    };
    return h("button", props, recipeName(recipe));
  }
  #makeDetails(recipe) {
    const lines = describePasses(recipe).map(({ looks, extras }) => h("li", {}, looks, h("small", {}, extras)));
    return [
      h("h3", {}, recipeName(recipe)),
      recipe.description && h("p", {}, recipe.description),
      h("ol", { class: "rt-passes" }, ...lines),
      ...this.#remarks.map((text2) => h("p", { class: "rt-recipe-remark" }, icon("warn"), text2)),
      this.store.doc.base && this.prompt,
      makePeopleRow(peopleOf(this.store.doc)),
      this.#makeSaveRow(recipe),
      this.#makeTools(recipe)
    ].filter(Boolean);
  }
  #makeSaveRow(recipe) {
    const save = (name) => this.#save({ ...bareRecipe(recipe), name });
    return makeSaveRow(recipe, !this.#known.includes(recipe), save);
  }
  #makeTools(recipe) {
    const edit = recipe.own || !this.#known.includes(recipe) ? text("recipes.edit") : text("recipes.editCopy");
    return makeToolRow(recipe, edit, {
      run: this.store.doc.base && (() => this.#run(recipe)),
      edit: () => this.#edit(recipe),
      share: () => this.#share(recipe),
      export: () => this.#export(recipe),
      remove: (recipe.own || recipe.draft) && (() => this.#delete(recipe))
    });
  }
  #run(recipe) {
    this.dialog.close();
    this.fixJobs.run(bareRecipe(recipe));
  }
  /** Opens the editor with a recipe, or for null with a new one. */
  async #edit(recipe) {
    const answer = await this.#request(() => Promise.all(["schema", "models"].map((path) => this.api.get(path))));
    if (!answer) {
      return;
    }
    const [{ Recipe: schema }, { models }] = answer;
    const begun = recipe ? startDraft(recipe, this.#known) : blankRecipe(schema.properties.schema.maximum);
    const handlers = {
      onSave: (answer2) => this.#onSave(answer2),
      onRun: () => this.dialog.close(),
      onClose: (draft) => this.#onEditorClose(draft)
    };
    new RecipeEditor(this, begun, { schema, models, uses: this.#uses }, handlers).open();
  }
  /** After the editor is closed: chooses the draft that it left unsaved. */
  #onEditorClose(draft) {
    this.#drafts = loadDrafts();
    const left = this.#drafts.find((one) => one.draft === draft);
    this.#choose(left ?? (this.#recipe?.draft ? this.#known[0] : this.#recipe), left ? [] : this.#remarks);
  }
  async #readText(pasted) {
    if (!pasted.trim()) {
      return this.#say(text("recipes.pasteFirst"));
    }
    const answer = await this.#request(() => this.api.post("recipes/read", { text: pasted }));
    if (answer) {
      this.importForm.clear();
      this.#choose(answer.recipe, answer.warnings);
      this.#say(text("recipes.read.done"));
    }
  }
  async #save(recipe, replace = false) {
    const answer = await this.#request(
      () => this.api.post("recipes/save", { recipe, replace }),
      (error) => error.path === "recipe.name" && !replace && this.#offerReplace(recipe, error)
    );
    if (answer) {
      dropDraft(this.#recipe?.draft);
      await this.#onSave(answer);
    }
  }
  async #onSave({ recipe, warnings }) {
    await this.#refresh(recipeName(recipe));
    this.#remarks = warnings;
    this.#draw();
    this.#say(text("recipes.saved", { name: recipeName(recipe) }));
  }
  /** Offers to replace the recipe that has this name. False where none has. */
  #offerReplace(recipe, error) {
    const wanted = recipe.name.trim().toLowerCase();
    const there = this.#known.find((one) => recipeName(one).toLowerCase() === wanted);
    if (!there) {
      return false;
    }
    const words = there.own ? text("recipes.replace") : text("recipes.override");
    const again = textButton(words, "replace", "recipe-replace", () => this.#save(recipe, true));
    this.status.replaceChildren(describeTakenName(error), " ", again);
    return true;
  }
  async #share(recipe) {
    const body = { text: JSON.stringify(bareRecipe(recipe)) };
    const answer = await this.#request(() => this.api.post("recipes/read", body));
    if (!answer) {
      return;
    }
    try {
      await navigator.clipboard.writeText(answer.share);
      this.#say(text("recipes.shared"));
    } catch {
      this.importForm.showText(answer.share);
      this.#say(text("recipes.shareByHand"));
    }
  }
  #export(recipe) {
    download(new Blob([recipeFileText(recipe)], { type: "application/json" }), recipeFileName(recipe));
  }
  #delete(recipe) {
    const press = () => recipe.draft ? this.#deleteDraft(recipe) : this.#deleteSaved(recipe);
    const sure = textButton(text("recipes.deleteSure"), "remove", "recipe-delete-sure", press);
    this.status.replaceChildren(text("recipes.deleteQuestion", { name: recipeName(recipe) }), sure);
  }
  async #deleteSaved(recipe) {
    const answer = await this.#request(() => this.api.post("recipes/remove", { name: recipeName(recipe) }));
    if (answer) {
      await this.#refresh(recipeName(answer.restored ?? {}));
      const key = answer.restored ? "recipes.deletedRestored" : "recipes.deleted";
      this.#say(text(key, { name: answer.removed }));
    }
  }
  #deleteDraft(recipe) {
    dropDraft(recipe.draft);
    this.#onEditorClose(recipe.draft);
    this.#say(text("recipes.deleted", { name: recipeName(recipe) }));
  }
  #say(...texts) {
    this.status.classList.remove("rt-bad");
    this.status.replaceChildren(texts.join(" "));
  }
  /** The answer of `work`, or null after its error was shown, here or by `isHandled(error)`. */
  async #request(work, isHandled = () => false) {
    try {
      return await work();
    } catch (error) {
      if (!isHandled(error)) {
        this.#say([error.path, error.message].filter(Boolean).join(": "));
        this.status.classList.add("rt-bad");
      }
      return null;
    }
  }
};

// javascript/retouch/document/unsaved-work.mjs
var savedSteps = /* @__PURE__ */ new WeakMap();
var savedMasks = /* @__PURE__ */ new WeakMap();
function markSaved({ base, steps }) {
  if (base) {
    savedSteps.set(base, (savedSteps.get(base) ?? /* @__PURE__ */ new WeakSet()).add(steps));
  }
}
function markMasksSaved({ objects, sketch }) {
  savedMasks.set(objects, sketch);
}
function isSaved({ base, steps }) {
  return !base || (savedSteps.get(base)?.has(steps) ?? false);
}
function listUnsavedWork(doc) {
  const masks = doc.objects.filter(({ use, mask, shape }) => use && (areaOf(mask.box) || shape.invert)).length;
  const areMasksSaved = savedMasks.has(doc.objects) && savedMasks.get(doc.objects) === doc.sketch;
  return [
    isSaved(doc) ? "" : describePainted(doc),
    doc.variations ? text("work.variations") : "",
    areMasksSaved || !masks ? "" : text("work.masks", { count: masks }),
    areMasksSaved || !doc.sketch ? "" : text("work.sketch")
  ].filter(Boolean);
}
function describePainted({ steps, extension }) {
  const count = steps.filter(({ on }) => on).length;
  const painted = count ? text("work.steps", { count }) : text("work.changes");
  return extension ? text("work.extension", { painted }) : painted;
}
function joinWords(words) {
  const [others, last] = [words.slice(0, -1).join(", "), words.at(-1) ?? ""];
  return others ? text("list.and", { others, last }) : last;
}

// javascript/retouch/commands.mjs
var SNAP_RADIUS = 8;
function makeCommands(studio) {
  return { ...documentCommands(studio), ...viewCommands(studio), ...maskCommands(studio), ...paintCommands(studio) };
}
function documentCommands(studio) {
  const { store, notices } = studio;
  const loadFile = (file) => studio.pictureLoader.load(file);
  return {
    loadFile,
    undo: () => store.undo(),
    redo: () => store.redo(),
    async openFile() {
      const file = await chooseFile(ACCEPTED_FILES);
      return file && loadFile(file);
    },
    savePicture: () => downloadFile(makePictureFile, store.doc),
    saveHistory: () => downloadFile(makeHistoryFile, store.doc),
    async sendTo(target) {
      if (target.needsMask && !areaOf(activeMask(store.doc).box)) {
        return notices.say(text("send.unmasked"), "warning");
      }
      const { doc } = store;
      try {
        await target.send({ picture: await makePictureFile(doc), mask: await makeMaskFile(doc) });
        markSaved(doc);
        if (target.needsMask) {
          markMasksSaved(doc);
        }
      } catch (error) {
        notices.say(error.message, "error");
      }
    },
    showHelp: () => showShortcuts(studio.root, studio.shortcuts)
  };
}
async function downloadFile(makeFile, doc) {
  if (doc.base) {
    const file = await makeFile(doc);
    download(file, file.name);
    markSaved(doc);
  }
}
function viewCommands(studio) {
  const { view } = studio;
  const thenUpdate = (work) => (...args) => {
    work(...args);
    studio.updateTools();
  };
  return {
    setTool: thenUpdate((name) => {
      view.tool = name;
      studio.pointToMask.onToolChange(name);
    }),
    swapAddSubtract: thenUpdate(() => view.subtracting = !view.subtracting),
    setBrush: thenUpdate((changes) => view.brush = changes),
    scaleBrush: thenUpdate(
      (factor) => view.brush = { size: Math.min(512, Math.max(1, view.brush.size * factor)) }
    ),
    setCompare: (mode) => view.compare = { mode },
    toggleOverlay: () => view.overlay = { show: !view.overlay.show },
    showBefore: (on) => view.showBefore(on),
    focusCanvas: () => view.focus(),
    cycleCandidate: (by) => view.cycleCandidate(by),
    fitView: () => view.fit(),
    zoomToFull: () => view.zoomTo(1),
    zoomBy: (factor) => view.zoomTo(view.scale * factor),
    toggleTheme: () => studio.theme.toggle(),
    focusTextPrompt: () => {
      studio.commands.setTool("point");
      studio.toolOptions.text.focus();
    }
  };
}
function maskCommands(studio) {
  const { store, notices } = studio;
  const withSelected = (label, change) => () => selectedObject(store.doc) && store.do(label, change(store.doc, store.doc.selected));
  return {
    newObject: () => store.doc.base && store.do(text("objects.new"), addObject(store.doc)),
    deselect: () => store.amend(selectObject(store.doc, null)),
    deleteObject: withSelected(text("objects.delete"), removeObject),
    invertMask: withSelected(
      text("edge.invert"),
      (doc, id) => setShape(doc, id, { invert: !selectedObject(doc).shape.invert })
    ),
    /** The selected mask's outline moved to the picture's edges, at full resolution. */
    async snapToEdges() {
      const object = selectedObject(store.doc);
      if (!object || !areaOf(object.mask.box)) {
        return;
      }
      try {
        const { box } = object.mask;
        const body = { mask: await object.mask.toPng(), box: listOfBox(box), radius: SNAP_RADIUS };
        const answer = await studio.api.postWithPicture(pickSentPicture(store.doc), "mask", body);
        const mask = await Mask.fromPng(answer.mask, boxOfList(answer.box));
        store.do(text("edge.snap"), changeObject(store.doc, object.id, { mask, added: mask, cut: NOTHING }));
      } catch (error) {
        notices.say(error.message, "error");
      }
    },
    async findByText(words) {
      if (!store.doc.base || !words.trim()) {
        return;
      }
      try {
        const answer = await studio.segmentJobs.segmentText(store.doc, words.trim());
        answer?.warnings.forEach((warning) => notices.say(warning, "warning"));
        if (answer && !answer.regions.length) {
          notices.say(text("find.nothing", { words: words.trim() }));
        } else if (answer) {
          store.do(
            text("find.done", { words: words.trim() }),
            addFoundObjects(store.doc, answer.regions, words.trim())
          );
        }
      } catch (error) {
        notices.say(error.message, "error");
      }
    }
  };
}
function paintCommands(studio) {
  const { inpaintJobs, fixJobs, variationStrip, api, notices, store, settings } = studio;
  return {
    runIntent: (index) => studio.intents.press(studio.intents.intents[index]?.name),
    keepOrRun() {
      if (variationsOf(store.doc)) {
        return variationStrip.keep();
      }
      return studio.view.tool === "extend" ? studio.outpaintJobs.extend() : studio.intents.press();
    },
    stepVariation: (by) => variationStrip.step(by),
    paintMore: () => inpaintJobs.paintMore(),
    showBatch: () => openBatch(studio),
    discardVariations: () => variationStrip.discard(),
    async listRecipes() {
      try {
        const { recipes } = store.doc.base ? await api.get("recipes") : { recipes: [] };
        const words = describePrompt(settings.get("recipe_prompt"), infotextOf(store.doc));
        const items = recipes.map((recipe) => ({
          label: recipeName(recipe),
          hint: [recipe.description, words].filter(Boolean).join(" "),
          testid: "recipe",
          run: () => fixJobs.run(bareRecipe(recipe), recipeName(recipe))
        }));
        const hint = text("recipes.all.hint");
        return [
          { label: text("recipes.all"), hint, testid: "recipes-all", run: () => showRecipes(studio) },
          ...items
        ];
      } catch (error) {
        notices.say(error.message, "error");
        return [];
      }
    }
  };
}

// javascript/retouch/document/extended-canvas.mjs
var SOLID2 = 128;
var solidBoxes = /* @__PURE__ */ new WeakMap();
function extensionOf(doc) {
  return doc.extension ?? null;
}
function extendDocument(doc, pixels, record) {
  const { under } = record;
  const place = pictureOffset(record);
  const from = doc.base === under.base ? { x: 0, y: 0 } : pictureOffset(extensionOf(doc));
  const move = makeMover(place.x - from.x, place.y - from.y);
  const { base, painted } = restoreUnderSteps(pixels, under, place);
  const laid = makeMover(place.x, place.y);
  const steps = doc.steps.map((step) => {
    const first = under.steps.find(({ id }) => id === step.id);
    return first ? subtractPainted(laid.step({ ...first, on: step.on, name: step.name }), painted) : move.step(step);
  });
  const { objects, sketch } = clearVariations(doc);
  return Object.freeze({
    ...clearVariations(doc),
    base,
    steps,
    objects: objects.map(move.object),
    sketch: sketch && { ...sketch, box: move.box(sketch.box) },
    infotext: record.infotext,
    extension: Object.freeze(record)
  });
}
function pictureOffset({ at, known }) {
  return { x: at.x - known.left, y: at.y - known.top };
}
function boxOnBase({ known }, list) {
  return moveBox(boxOfList(list), -known.left, -known.top);
}
function makeMover(dx, dy) {
  const masks = /* @__PURE__ */ new Map();
  const mask = (one) => masks.get(one) ?? masks.set(one, one.moved(dx, dy)).get(one);
  const box = (one) => one && moveBox(one, dx, dy);
  const step = ({ how: _, paintings: __, chosen: ___, ...one }) => {
    const moved = one.asked ? { asked: mask(one.asked) } : {};
    return Object.freeze({ ...one, ...moved, box: box(one.box), mask: mask(one.mask) });
  };
  const object = (one) => Object.freeze({
    ...one,
    mask: mask(one.mask),
    added: mask(one.added),
    cut: mask(one.cut),
    candidates: one.candidates.map(mask),
    clicks: one.clicks.map((click) => ({ ...click, x: click.x + dx, y: click.y + dy })),
    box: box(one.box),
    memory: ""
  });
  return { box, step, object };
}
function subtractPainted(step, painted) {
  return Object.freeze({ ...step, mask: step.mask.subtract(painted), infotext: "" });
}
function restoreUnderSteps(pixels, under, place) {
  if (!under.steps.length) {
    return { base: pixels, painted: NOTHING };
  }
  const before = composePicture(under);
  const box = overlap(moveBox(boxOfSize(before), place.x, place.y), boxOfSize(pixels));
  const data = pixels.data.slice();
  const mask = new Uint8Array(areaOf(box));
  for (let y = box.top, index = 0; y < box.bottom; y++) {
    let to = (y * pixels.width + box.left) * 4;
    let from = ((y - place.y) * before.width + box.left - place.x) * 4;
    for (let x = box.left; x < box.right; x++, to += 4, from += 4, index++) {
      if (sameColour(data, to, before.data, from)) {
        copyColour(data, to, under.base.data, from);
      } else {
        mask[index] = 255;
      }
    }
  }
  const painted = isEmpty(box) ? NOTHING : new Mask(box, mask).trimmed();
  return { base: new Pixels(pixels.width, pixels.height, data), painted };
}
function sameColour(a, i, b, j) {
  return a[i] === b[j] && a[i + 1] === b[j + 1] && a[i + 2] === b[j + 2];
}
function copyColour(a, i, b, j) {
  a[i] = b[j];
  a[i + 1] = b[j + 1];
  a[i + 2] = b[j + 2];
}
function listDependents(stages, number) {
  const gone = stages.filter((stage) => stage.number === number);
  for (const stage of [...stages].sort((a, b) => a.wave - b.wave || a.number - b.number)) {
    if (gone.some((other) => isDependent(stage, other))) {
      gone.push(stage);
    }
  }
  return gone.slice(1).map((stage) => stage.number);
}
function listPaintedDependents(stages, number) {
  const painted = stages.filter(({ done }) => done);
  return listDependents(painted, number);
}
function isDependent(stage, other) {
  return other.wave < stage.wave && !isEmpty(overlap(boxOfList(stage.crop), boxOfList(other.box)));
}
function solidBox(pixels) {
  if (!solidBoxes.has(pixels)) {
    solidBoxes.set(pixels, pixels.opaque ? boxOfSize(pixels) : alphaBounds(pixels, SOLID2));
  }
  return solidBoxes.get(pixels);
}

// javascript/retouch/document/settings.mjs
var KEY4 = "retouch-settings";
var START = {
  prompt: "",
  recipe_prompt: "",
  negative_prompt: "",
  seed: -1,
  variations: 2,
  invert: false,
  intent: "",
  segmenter: "",
  refine_edges: true,
  extension: UNCHANGED_SIZE,
  extension_words: {},
  overrides: {}
};
var WORDS = ["prompt", "recipe_prompt", "extension_words"];
var HABITS = ["negative_prompt", "variations", "segmenter", "refine_edges", "overrides"];
var Settings = class extends EventTarget {
  constructor(storage = globalThis.localStorage) {
    super();
    this.storage = storage;
    this.values = { ...START, ...loadHabits(storage) };
  }
  get(name) {
    return this.values[name];
  }
  set(changes) {
    const names = Object.keys(changes).filter((name) => this.values[name] !== changes[name]);
    if (!names.length) {
      return;
    }
    this.values = { ...this.values, ...changes };
    if (names.some((name) => HABITS.includes(name))) {
      saveHabits(this.storage, this.values);
    }
    this.dispatchEvent(new CustomEvent("change", { detail: names }));
  }
  /** What was written for the present picture. */
  get words() {
    return Object.fromEntries(WORDS.map((name) => [name, this.values[name]]));
  }
  /** Replaces what was written for a picture; without an argument it is blank. */
  setWords(words = {}) {
    this.set(Object.fromEntries(WORDS.map((name) => [name, words[name] ?? START[name]])));
  }
  /** The changed knobs of an intent or another owner, by dotted path. */
  overridesOf(intent) {
    return this.values.overrides[intent] ?? {};
  }
  /** Changes one knob; undefined resets it to the default. */
  setOverride(intent, path, value) {
    const { [path]: _, ...others } = this.overridesOf(intent);
    const moved = value === void 0 ? others : { ...others, [path]: value };
    this.set({ overrides: { ...this.values.overrides, [intent]: moved } });
  }
  resetOverrides(intent) {
    this.set({ overrides: { ...this.values.overrides, [intent]: {} } });
  }
};
function loadHabits(storage) {
  try {
    const stored = JSON.parse(storage?.getItem(KEY4) ?? "{}");
    return Object.fromEntries(HABITS.filter((name) => name in stored).map((name) => [name, stored[name]]));
  } catch {
    return {};
  }
}
function saveHabits(storage, values) {
  storage?.setItem(KEY4, JSON.stringify(Object.fromEntries(HABITS.map((name) => [name, values[name]]))));
}
function unflatten(flat) {
  const out = {};
  for (const [path, value] of Object.entries(flat)) {
    const names = path.split(".");
    const last = names.pop();
    const place = names.reduce((spot, name) => spot[name] ??= {}, out);
    place[last] = value;
  }
  return out;
}
function flatten(tree, prefix = "") {
  return Object.entries(tree).reduce((out, [name, value]) => {
    const path = prefix + name;
    const deeper = value !== null && typeof value === "object" && !Array.isArray(value);
    return { ...out, ...deeper ? flatten(value, `${path}.`) : { [path]: value } };
  }, {});
}

// javascript/retouch/server/outpaint-plan.mjs
var WAIT_MS3 = 350;
var OUTPAINT_OWNER = "outpaint";
var OutpaintPlan = class extends EventTarget {
  /** @type {object | null} the server's answer for the present size */
  plan = null;
  /** @type {Error | null} why there is none */
  fault = null;
  #key = "";
  #highlighted = null;
  /** @param {import("../studio.mjs").Studio} studio */
  constructor({ store, settings, view, inpaintJobs, api }) {
    super();
    Object.assign(this, { store, settings, view, inpaintJobs, api });
    this.requestPlan = debounce(() => this.#requestPlan(), WAIT_MS3);
    const refresh = () => this.#refresh();
    store.addEventListener("change", refresh);
    settings.addEventListener("change", refresh);
    inpaintJobs.addEventListener("jobs", refresh);
    view.addEventListener("tool", refresh);
    view.addEventListener("margins", ({ detail }) => this.setMargins(detail.margins));
  }
  get isActive() {
    return this.view.tool === "extend" && this.store.doc.base !== null;
  }
  /** @returns {import("../geometry/margins.mjs").CanvasSize} */
  get size() {
    return this.settings.get("extension");
  }
  get prompts() {
    return this.settings.get("extension_words");
  }
  /** The margins of the plan, else those of the size. */
  get margins() {
    const { base } = this.store.doc;
    return this.plan ? plannedMargins(this.plan, base) : base ? marginsOf(this.size, base) : NO_MARGINS;
  }
  /** Whether there is anything to paint. Transparent borders are painted without a request. */
  get hasRequest() {
    const { base } = this.store.doc;
    return base !== null && (this.size.aspect !== "" || !isZeroMargins(this.size.margins) || !base.opaque);
  }
  /** Sets margins; aspect and anchor are cleared. */
  setMargins(changes) {
    const margins = Object.freeze({ ...this.margins, ...changes });
    this.#setSize({ ...UNCHANGED_SIZE, margins });
  }
  setAspect(aspect) {
    const places = {
      horizontal: this.size.horizontal || "centre",
      vertical: this.size.vertical || "centre"
    };
    this.#setSize(aspect ? { ...this.size, ...places, aspect } : { ...UNCHANGED_SIZE, margins: this.margins });
  }
  /** @param {{across?: string, down?: string}} changes */
  setAnchor(changes) {
    const { base } = this.store.doc;
    const size = { ...this.size, margins: this.margins };
    this.#setSize(base ? anchorPicture(size, base, changes) : { ...size, ...changes });
  }
  setPrompt(name, text2) {
    this.settings.set({ extension_words: Object.freeze({ ...this.prompts, [name]: text2 }) });
  }
  clear() {
    this.#setSize(UNCHANGED_SIZE);
  }
  #setSize(size) {
    this.settings.set({ extension: Object.freeze(size) });
  }
  /** Highlights a painted stage on the canvas; null for none. */
  highlight(stage) {
    this.#highlighted = stage;
    this.#updateView();
  }
  /** The body of POST outpaint without the picture. Fields that are left out follow the picture's infotext. */
  makeBody() {
    const prompts = Object.entries(this.prompts).filter(([, text2]) => text2.length);
    const seed = this.settings.get("seed");
    return {
      ...makeSizeFields(this.size, this.store.doc.base),
      ...Object.fromEntries(prompts),
      ...seed >= 0 ? { seed } : {},
      ...this.knobValues()
    };
  }
  knobValues() {
    return unflatten(this.settings.overridesOf(OUTPAINT_OWNER));
  }
  /** The picture to extend, with its infotext. */
  sentPicture() {
    const { doc } = this.store;
    return pickSentPicture(doc);
  }
  /** Discards the plan if the request or the picture has changed, and requests another. */
  #refresh() {
    const key = this.isActive && this.hasRequest ? JSON.stringify(this.makeBody()) : "";
    const pixels = key ? composePicture(this.store.doc) : null;
    if (key !== this.#key || pixels !== this.pixels) {
      this.pendingRequest?.abort();
      this.#key = key;
      this.pixels = pixels;
      this.#setPlan(null, null);
    } else {
      this.#updateView();
    }
    if (key && !this.plan && !this.fault && !this.inpaintJobs.busy) {
      this.requestPlan();
    }
  }
  async #requestPlan() {
    this.pendingRequest?.abort();
    this.pendingRequest = new AbortController();
    const { signal } = this.pendingRequest;
    if (!this.isActive || !this.hasRequest || this.inpaintJobs.busy) {
      return;
    }
    try {
      const plan = await this.api.postWithPicture(this.sentPicture(), "plan", { verb: "outpaint", ...this.makeBody() }, signal);
      if (!signal.aborted) {
        this.#setPlan(plan, null);
      }
    } catch (error) {
      if (!signal.aborted) {
        this.#setPlan(null, error);
      }
    }
  }
  #setPlan(plan, fault) {
    Object.assign(this, { plan, fault });
    this.#updateView();
    this.dispatchEvent(new Event("change"));
  }
  #updateView() {
    const { doc } = this.store;
    const at = this.plan && canvasCorner(this.plan, doc.base);
    const record = extensionOf(doc);
    this.view.extension = {
      margins: this.margins,
      stages: this.plan ? this.plan.steps.map((step) => moveStageToBase(step, at)) : [],
      highlighted: this.#highlighted && record ? moveHighlightToBase(this.#highlighted, record) : null
    };
  }
};
function canvasCorner({ origin }, base) {
  const [solid, place] = [solidBox(base), boxOfList(origin)];
  return { x: place.left - solid.left, y: place.top - solid.top };
}
function plannedMargins(plan, base) {
  const { x: left, y: top } = canvasCorner(plan, base);
  const [width, height] = plan.size;
  return { left, top, right: width - base.width - left, bottom: height - base.height - top };
}
function moveStageToBase(step, at) {
  const canvas = { known: { left: at.x, top: at.y } };
  return { ...step, box: boxOnBase(canvas, step.box), crop: boxOnBase(canvas, step.crop) };
}
function moveHighlightToBase(stage, record) {
  return { ...stage, box: boxOnBase(record, stage.box), crop: boxOnBase(record, stage.crop) };
}

// javascript/retouch/server/outpaint.mjs
var NO_MARGINS_ASKED = text("extend.nothing");
var BUSY = text("extend.busy");
var UNPAINTED = text("extend.unpainted");
var PARTLY = text("extend.partly");
var GONE2 = text("extend.gone");
var STALE = (error) => error instanceof ServerError && error.status === 404 && error.path === "state";
var OutpaintJobs = class extends EventTarget {
  #forgottenIds = /* @__PURE__ */ new Set();
  /** @param {import("../studio.mjs").Studio} studio */
  constructor({ api, store, inpaintJobs, outpaintPlan, notices }) {
    super();
    Object.assign(this, { api, store, inpaintJobs, outpaintPlan, notices });
  }
  /** Whether the server still has the present extension, so that its stages can be painted. */
  get isAvailable() {
    const record = extensionOf(this.store.doc);
    return record !== null && !this.#forgottenIds.has(record.state);
  }
  /** Paints the planned extension. */
  extend() {
    const { store, outpaintPlan, notices, inpaintJobs } = this;
    if (!store.doc.base || !outpaintPlan.hasRequest) {
      return notices.say(store.doc.base ? NO_MARGINS_ASKED : text("paint.noPicture"), "warning");
    }
    if (inpaintJobs.busy) {
      return notices.say(BUSY, "warning");
    }
    if (outpaintPlan.fault) {
      return notices.say(outpaintPlan.fault.message, "warning");
    }
    return inpaintJobs.run(text("extend.title"), (task, doc) => this.#startExtension(task, doc));
  }
  /** Paints the stages that are left. */
  paintRest() {
    return this.#continueExtension(text("stages.goOn"), {});
  }
  /** Repaints a stage with another seed, and its dependents. */
  repaintStage(number) {
    return this.#continueExtension(text("extend.again", { number }), { repaint: [number] });
  }
  /** Reverts a stage and its dependents. */
  revertStage(number) {
    return this.#continueExtension(text("extend.revert", { number }), { revert: [number] });
  }
  /** Chooses another painting of a stage, counted from 1; its dependents stay. */
  chooseVariation(number, painting) {
    return this.#continueExtension(text("extend.choose", { number }), { choose: { [number]: painting }, keep_later: true });
  }
  async #startExtension(task, doc) {
    const { base, steps } = doc;
    const answer = await this.api.postWithPicture(this.outpaintPlan.sentPicture(), "outpaint", { ...this.outpaintPlan.makeBody(), task });
    this.inpaintJobs.showWarnings(answer);
    if (!answer.stages.some(({ done }) => done)) {
      this.notices.say(UNPAINTED, answer.stopped ? "info" : "warning");
      return null;
    }
    this.outpaintPlan.clear();
    return this.#makeDocument(answer, { at: canvasCorner(answer, base), under: { base, steps } });
  }
  #continueExtension(label, what) {
    return this.inpaintJobs.run(label, async (task, doc) => {
      const { state, at, under } = extensionOf(doc);
      try {
        const answer = await this.api.post("outpaint", { state, ...what, ...this.outpaintPlan.knobValues(), task });
        this.inpaintJobs.showWarnings(answer);
        return await this.#makeDocument(answer, { at, under });
      } catch (error) {
        return this.#handleForgotten(error, state);
      }
    });
  }
  #handleForgotten(error, state) {
    if (!STALE(error)) {
      throw error;
    }
    this.#forgottenIds.add(state);
    this.notices.say(GONE2, "error");
    this.dispatchEvent(new Event("gone"));
    return null;
  }
  /** The document on the extended canvas of an answer. */
  async #makeDocument(answer, { at, under }) {
    const { state, stages, infotext } = answer;
    const pixels = await Pixels.fromBlob(new Blob([fromBase64(answer.image)]));
    const doc = extendDocument(this.store.doc, pixels, {
      state,
      stages,
      infotext,
      known: boxOfList(answer.known),
      at,
      under
    });
    if (answer.stopped && stages.some(({ done }) => !done)) {
      this.notices.say(PARTLY);
    }
    return doc;
  }
};

// javascript/retouch/ui/knob-groups.mjs
var KnobGroups = class {
  constructor(settings) {
    Object.assign(this, { settings, shown: "" });
    this.element = h("div", { class: "rt-adjust" });
  }
  /**
   * @param {{name: string, label: string}} owner whose knobs they are
   * @param {object[]} knobs see `knobsOf`
   * @param {object} [defaults] by dotted path, where they differ from the knobs' own
   */
  show(owner, knobs, defaults = {}) {
    const shown = JSON.stringify([owner.name, this.settings.overridesOf(owner.name), knobs.map(({ path }) => path)]);
    if (this.shown === shown) {
      return;
    }
    this.shown = shown;
    const focus = document.activeElement?.id;
    const head = h("p", { class: "rt-hint" }, text("knobs.of"), h("b", {}, owner.label), ". ", this.#makeReset(owner));
    this.element.replaceChildren(head, ...this.#makeGroups(owner, knobs, defaults));
    if (focus?.startsWith("rt-knob-")) {
      this.element.querySelector(`#${focus}`)?.focus();
    }
  }
  #makeReset({ name }) {
    const moved = Object.keys(this.settings.overridesOf(name)).length;
    const back = () => this.settings.resetOverrides(name);
    return moved ? h("button", { type: "button", class: "rt-link", onclick: back }, text("knobs.reset", { count: moved })) : text("knobs.defaults");
  }
  #makeGroups(owner, knobs, defaults) {
    return [...foldedKnobs(knobs)].map(([title, group]) => {
      const rows = group.map((knob) => makeOverrideRow(this.settings, owner.name, knob, defaults));
      return h("fieldset", {}, h("legend", {}, title), rows);
    });
  }
};
function makeOverrideRow(settings, name, knob, defaults = {}) {
  const moved = settings.overridesOf(name);
  return makeKnobRow(knob, {
    owner: name,
    value: moved[knob.path] ?? defaults[knob.path] ?? knob.default,
    moved: knob.path in moved,
    set: (to) => settings.setOverride(name, knob.path, to)
  });
}

// javascript/retouch/panels/outpaint-size.mjs
var TITLES = {
  left: text("extend.left"),
  top: text("extend.top"),
  right: text("extend.right"),
  bottom: text("extend.bottom")
};
var ANCHORS = [
  ["horizontal", text("extend.horizontal")],
  ["vertical", text("extend.vertical")]
];
var AS_IT_LIES = text("extend.asDragged");
function makeOutpaintSizeForm(outpaintPlan, view) {
  const change = (work) => (work(), view.activeTool.reveal?.());
  const aspects = makeAspectRow((aspect) => change(() => outpaintPlan.setAspect(aspect)));
  const margins = makeMarginFields((changes) => change(() => outpaintPlan.setMargins(changes)));
  const anchors = makeAnchorFields((changes) => change(() => outpaintPlan.setAnchor(changes)));
  return {
    element: h("div", { class: "rt-canvas-form" }, aspects.element, margins.element, anchors.element),
    setPlaces: (knobs) => anchors.setPlaces(knobs),
    update() {
      aspects.update(outpaintPlan.size);
      margins.update(outpaintPlan.margins);
      anchors.update(outpaintPlan.size);
    }
  };
}
function makeAspectRow(set) {
  const buttons = ASPECTS.map(
    (aspect) => h(
      "button",
      {
        type: "button",
        class: "rt-button rt-aspect",
        "aria-pressed": false,
        "data-testid": `aspect-${aspect}`,
        onclick: (event) => set(event.currentTarget.getAttribute("aria-pressed") === "true" ? "" : aspect)
      },
      aspect
    )
  );
  const typed = h("input", {
    type: "text",
    placeholder: text("extend.aspect.other"),
    "aria-label": text("extend.aspect.label"),
    "data-tip": text("extend.aspect.tip"),
    "data-testid": "aspect",
    onchange: () => set(typed.value.trim())
  });
  const update = ({ aspect }) => {
    buttons.forEach((button) => setAttribute(button, "aria-pressed", button.textContent === aspect));
    setValue(typed, ASPECTS.includes(aspect) ? "" : aspect);
  };
  const element = h(
    "div",
    { class: "rt-aspects", role: "group", "aria-label": text("extend.aspect") },
    buttons,
    typed
  );
  return { element, update };
}
function makeMarginFields(set) {
  const fields = SIDES.map((side) => {
    const input = h("input", {
      type: "number",
      min: 0,
      max: WIDEST,
      step: 8,
      "data-testid": `margin-${side}`,
      onchange: () => set({ [side]: Math.max(0, Math.round(Number(input.value) || 0)) })
    });
    return { side, input, label: h("label", {}, h("span", {}, TITLES[side]), input) };
  });
  const update = (margins) => fields.forEach(({ side, input }) => setValue(input, String(margins[side])));
  const labels = fields.map(({ label }) => label);
  const face = { class: "rt-margins", role: "group", "aria-label": text("extend.margins") };
  const element = h("div", face, labels);
  return { element, update };
}
function makeAnchorFields(set) {
  const fields = ANCHORS.map(([name, title]) => {
    const select = h("select", { "data-testid": name, onchange: () => set({ [name]: select.value }) });
    return { name, select, label: h("label", {}, h("span", {}, title), select) };
  });
  const update = (size) => fields.forEach(({ name, select }) => setValue(select, size[name]));
  const setPlaces = (knobs) => {
    for (const { name, select } of fields) {
      const places = knobs.find(({ path }) => path === name)?.choices ?? [];
      const options = places.map((place) => h("option", { value: place }, place));
      select.replaceChildren(h("option", { value: "" }, AS_IT_LIES), ...options);
    }
  };
  const labels = fields.map(({ label }) => label);
  const element = h("div", { class: "rt-anchors", role: "group", "aria-label": text("extend.anchors") }, labels);
  return { element, update, setPlaces };
}

// javascript/retouch/panels/plan-text.mjs
var UNASKED = text("plan.unasked");
function makePlanLines({ store, hasRequest, plan, fault, margins }, knobs) {
  const { base } = store.doc;
  if (!base || !hasRequest) {
    return [h("p", { class: "rt-hint" }, UNASKED)];
  }
  if (fault) {
    return [makeRemark("rt-fault", describeFault(fault, knobs))];
  }
  const size = extendedSize(base, margins);
  const words = ` · ${aspectText(size)} · ${describeStages(plan)}`;
  const canvas = h("p", {}, h("b", {}, `${size.width} × ${size.height}`), words);
  return [canvas, ...(plan?.warnings ?? []).map((warning) => makeRemark("rt-warned", warning))];
}
function makeRemark(kind, text2) {
  return h("p", { class: kind }, icon("warn"), h("span", {}, text2));
}
function describeFault({ path = "", message }, knobs) {
  const label = knobs.find((knob) => knob.path === path)?.label;
  return label ? `${label}: ${message}` : message[0].toUpperCase() + message.slice(1);
}
function describeStages(plan) {
  if (!plan) {
    return text("plan.planning");
  }
  const { steps } = plan;
  const stages = text("plan.stages", { count: steps.length });
  const seconds = steps.reduce((sum, step) => sum + (step.seconds ?? NaN), 0);
  return Number.isFinite(seconds) ? text("plan.stagesAndTime", { stages, time: formatDuration(seconds) }) : stages;
}
function formatDuration(seconds) {
  if (seconds < 90) {
    return text("duration.seconds", { number: Math.max(1, Math.round(seconds)) });
  }
  return seconds < 5400 ? text("duration.minutes", { number: Math.round(seconds / 60) }) : text("duration.hours", { number: (seconds / 3600).toFixed(1) });
}
function joinNumbers(numbers) {
  const [last, ...others] = [...numbers].reverse();
  return others.length ? text("list.and", { others: others.reverse().join(", "), last }) : String(last ?? "");
}

// javascript/retouch/panels/outpaint.mjs
var ELSEWHERE = /^(left|top|right|bottom|factor|width|height|aspect|horizontal|vertical|prompt.*|stage_prompts|off_screen)$/;
var OWNER2 = { name: OUTPAINT_OWNER, label: text("extend.title") };
var SCENE = text("extend.prompt.hint");
var BY_SIDE = [
  ["prompt_left", text("extend.prompt.left")],
  ["prompt_right", text("extend.prompt.right")],
  ["prompt_top", text("extend.prompt.top")],
  ["prompt_bottom", text("extend.prompt.bottom")],
  ["off_screen", text("extend.prompt.offScreen")]
];
var OutpaintPanel = class {
  /**
   * @param {import("../studio.mjs").Studio} studio
   * @param {import("./outpaint-stages.mjs").OutpaintStages} stages
   */
  constructor({ settings, outpaintPlan, outpaintJobs, inpaintJobs, view }, stages) {
    Object.assign(this, { settings, outpaintPlan, outpaintJobs, inpaintJobs, view, knobs: [] });
    this.form = makeOutpaintSizeForm(outpaintPlan, view);
    this.planLines = h("div", { class: "rt-planned", role: "status", "data-testid": "extend-plan" });
    this.extendButton = h(
      "button",
      {
        type: "button",
        class: "rt-button rt-primary rt-extend-now",
        "data-testid": "extend-now",
        "data-tip": text("extend.tip"),
        onclick: () => outpaintJobs.extend()
      },
      icon("extend"),
      text("extend.title")
    );
    this.first = h("div", { class: "rt-adjust" });
    this.adjust = new KnobGroups(settings);
    const prompt = this.#makePromptField("prompt", text("extend.prompt"), SCENE, 2);
    const seed = makeSeedField(settings, "rt-extend-seed");
    this.element = h("div", { class: "rt-extend", hidden: true, "data-testid": "extend-panel" }, [
      makeSection("extend", text("extend.title"), [this.form.element, prompt, this.extendButton, this.planLines]),
      stages.element,
      makeSection("extend-words", text("extend.prompts"), this.#makePromptFields(), { open: false }),
      makeSection("extend-knobs", text("extend.knobs"), [this.first, seed, this.adjust.element], { open: false })
    ]);
    [settings, outpaintPlan].forEach((source) => source.addEventListener("change", () => this.update()));
    inpaintJobs.addEventListener("jobs", () => this.update());
    view.addEventListener("tool", () => this.update());
    this.update();
  }
  #makePromptField(name, label, placeholder, rows, { read = (text2) => text2 ?? "", write = (text2) => text2 } = {}) {
    const setting = {
      read: () => read(this.outpaintPlan.prompts[name]),
      write: (text2) => this.outpaintPlan.setPrompt(name, write(text2))
    };
    return makeTextField(this.settings, setting, { placeholder, label, rows, testid: `extend-${name}` });
  }
  #makePromptFields() {
    const sides = BY_SIDE.map(
      ([name, label]) => this.#makePromptField(name, label, text("extend.prompt.sideHint", { label }), 1)
    );
    const lines = { read: (list = []) => list.join("\n"), write: (text2) => text2.trim() ? text2.split("\n") : [] };
    const stages = this.#makePromptField(
      "stage_prompts",
      text("extend.prompt.stages"),
      text("extend.prompt.stages.hint"),
      3,
      lines
    );
    return [...sides, stages];
  }
  /** Shows the server's knobs and places, as GET schema lists them. */
  describe(schema) {
    this.knobs = knobsOf(schema).filter(({ path, group }) => group && !ELSEWHERE.test(path));
    this.form.setPlaces(knobsOf(schema));
    this.update();
  }
  update() {
    const { outpaintPlan, inpaintJobs, settings, knobs } = this;
    this.element.hidden = this.view.tool !== "extend";
    if (this.element.hidden) {
      return;
    }
    this.form.update();
    this.planLines.replaceChildren(...makePlanLines(outpaintPlan, knobs));
    setAttribute(this.planLines, "aria-busy", outpaintPlan.hasRequest && !outpaintPlan.plan && !outpaintPlan.fault);
    this.extendButton.disabled = !outpaintPlan.hasRequest || outpaintPlan.fault !== null || inpaintJobs.busy;
    const moved = JSON.stringify([settings.overridesOf(OUTPAINT_OWNER), knobs.length]);
    if (this.moved !== moved) {
      this.moved = moved;
      this.first.replaceChildren(...frontKnobs(knobs).map((knob) => makeOverrideRow(settings, OUTPAINT_OWNER, knob)));
    }
    this.adjust.show(OWNER2, knobs);
  }
};

// javascript/retouch/server/requests.mjs
var NAMED = new RegExp(`^${text("object.numbered", { number: "\\d+" })}$`);
async function encodePicture(pixels) {
  const { baggage, infotext } = readCarried(pixels);
  return toBase64(await packPng(pixels, baggage, infotext));
}
function groupByPrompt(doc, settings) {
  const used = doc.objects.filter(({ use }) => use).map((object) => ({ ...object, shaped: shapeMask(object, doc.base) }));
  const masked = used.filter(({ shaped }) => areaOf(shaped.box));
  const prompts = settings.get("invert") ? [""] : [...new Set(masked.map(({ prompt }) => prompt.trim()))];
  const groups = prompts.map((prompt) => {
    const members = settings.get("invert") ? masked : masked.filter((object) => object.prompt.trim() === prompt);
    return { prompt, objects: members, mask: members.reduce((sum, { shaped }) => sum.union(shaped), NOTHING) };
  });
  return addSketch(
    groups.filter(({ mask }) => areaOf(mask.box)),
    sketchMask(doc.sketch)
  );
}
function addSketch(groups, sketch) {
  if (!areaOf(sketch.box)) {
    return groups;
  }
  const general = groups.find(({ prompt }) => !prompt) ?? { prompt: "", objects: [], mask: NOTHING };
  return [...groups.filter((group) => group !== general), { ...general, mask: general.mask.union(sketch) }];
}
function namesOf(objects) {
  return objects.map(({ name }) => name).filter((name) => !NAMED.test(name)).join(", ");
}
function makeInpaintBody(group, intent, settings) {
  return {
    intent,
    prompt: group.prompt || settings.get("prompt"),
    negative_prompt: settings.get("negative_prompt"),
    seed: settings.get("seed"),
    variations: settings.get("variations"),
    invert: settings.get("invert"),
    object: namesOf(group.objects),
    ...unflatten(settings.overridesOf(intent))
  };
}
async function encodeMask(doc, mask) {
  const sketch = sketchPixels(doc);
  const inside = mask.cropped(overlap(mask.box, boxOfSize(doc.base)));
  return {
    mask: await inside.toPng(),
    box: listOfBox(inside.box),
    ...sketch ? { sketch: await encodePicture(sketch) } : {}
  };
}

// javascript/retouch/server/fix.mjs
var UNCHANGED = text("fix.unchanged");
var UNFOUND = text("fix.unfound");
var FixJobs = class {
  /** @param {import("../studio.mjs").Studio} studio */
  constructor({ api, store, settings, inpaintJobs, notices }) {
    Object.assign(this, { api, store, settings, inpaintJobs, notices });
  }
  /**
   * @param {object} recipe as lists have it, or written out
   * @param {string | object} reference the recipe as it is sent: the name of one that the server has, or the recipe
   */
  run(recipe, reference = recipe) {
    const label = recipe.name ?? text("fix.label");
    return this.inpaintJobs.run(label, async (task, doc) => {
      const mask = needsMask(recipe, await this.#masked()) ? await makeMaskFields(doc, this.settings) : {};
      const body = { recipe: reference, task, ...makePromptFields(doc, this.settings), ...mask, return_history: true };
      const answer = await this.api.postWithPicture(pickSentPicture(doc), "fix", body);
      const after = await Pixels.fromBlob(new Blob([fromBase64(answer.image)]));
      const change = changedArea(doc, after);
      this.inpaintJobs.showWarnings(answer, Boolean(change));
      if (!change) {
        const why = answer.reports.map((report) => report.why).filter(Boolean);
        this.notices.say(`${UNCHANGED}: ${[...new Set(why)].join("; ") || UNFOUND}`);
        return null;
      }
      const steps = await this.#readSteps(answer);
      const job = { intent: "", name: label, asked: NOTHING, objects: [], parts: [], request: null, steps };
      const candidates = [{ ...change, seed: answer.seed, scores: {} }];
      const { infotext, warnings = [] } = answer;
      return addJob(this.store.doc, { ...job, infotext, warnings, candidates });
    });
  }
  /** The kinds of target that use the user's mask, as the server lists them. */
  async #masked() {
    this.masked ??= (await this.api.get("recipes")).masked;
    return this.masked;
  }
  /**
   * The painted regions as steps; steps that a gate reverted are off. Null where the server has forgotten the
   * history: then the result is kept as one step.
   */
  async #readSteps({ history }) {
    try {
      const { file } = await this.api.post("history", { history, return_file: true });
      return (await readHistoryFile(fromBase64(file))).steps;
    } catch (error) {
      if (error instanceof ServerError && error.path === "history") {
        return null;
      }
      throw error;
    }
  }
};
function needsMask({ passes = [] }, masked) {
  return passes.some(({ enabled = true, target = {} }) => enabled && masked.includes(target.what));
}
async function makeMaskFields(doc, settings) {
  const all = groupByPrompt(doc, settings).reduce((sum, { mask: mask2 }) => sum.union(mask2), NOTHING);
  const { mask, box } = areaOf(all.box) ? await encodeMask(doc, all) : {};
  return mask ? { mask, box } : {};
}
function makePromptFields(doc, settings) {
  const words = {
    prompt: settings.get("recipe_prompt"),
    negative_prompt: settings.get("negative_prompt"),
    seed: settings.get("seed")
  };
  const people = peopleOf(doc);
  return people.length ? { ...words, people } : words;
}

// javascript/retouch/host/webui-page.mjs
var IMG2IMG = { img2img: 0, inpaint: 4 };
var WAIT_MS4 = 8e3;
var LEAST_HEIGHT = 540;
var MARGIN2 = 14;
function fillWindow(root) {
  root.closest(".prose")?.classList.remove("prose");
  const fill2 = () => {
    const top = root.getBoundingClientRect().top + scrollY;
    root.style.height = `${Math.max(LEAST_HEIGHT, innerHeight - top - MARGIN2)}px`;
  };
  const watcher = new ResizeObserver(fill2);
  watcher.observe(document.body);
  addEventListener("resize", fill2);
  return () => {
    watcher.disconnect();
    removeEventListener("resize", fill2);
  };
}
function listSendTargets(kind) {
  return kind === "webui" ? SEND_TARGETS : [];
}
var SEND_TARGETS = [
  {
    label: text("send.inpaint"),
    hint: text("send.pictureAndMask"),
    testid: "send-inpaint",
    needsMask: true,
    async send({ picture, mask }) {
      showImg2img(IMG2IMG.inpaint);
      await putFile("img_inpaint_base", picture);
      await putFile("img_inpaint_mask", mask);
    }
  },
  {
    label: text("send.img2img"),
    hint: text("send.picture"),
    testid: "send-img2img",
    async send({ picture }) {
      showImg2img(IMG2IMG.img2img);
      await putFile("img2img_image", picture);
    }
  },
  {
    label: text("send.extras"),
    hint: text("send.picture"),
    testid: "send-extras",
    async send({ picture }) {
      showTab("tab_extras");
      await putFile("extras_image", picture);
    }
  }
];
function listMaskSources(kind) {
  return kind === "webui" ? [{ label: text("maskFile.fromInpaint"), testid: "mask-from-inpaint", take: readInpaintMask }] : [];
}
async function readInpaintMask() {
  const image = gradio().querySelector("#img_inpaint_mask img");
  if (!image) {
    throw new Error(text("maskFile.noneInInpaint"));
  }
  const answer = await fetch(image.src);
  return new File([await answer.blob()], "Inpaint upload.png");
}
function showTab(id, app = gradio()) {
  const panel = app.querySelector(`#${id}`);
  const panels = [...panel.parentElement.children].filter((child) => child.classList.contains("tabitem"));
  app.querySelectorAll("#tabs > .tab-nav > button")[panels.indexOf(panel)]?.click();
}
function showImg2img(place) {
  showTab("tab_img2img");
  gradio().querySelectorAll("#mode_img2img > .tab-nav > button")[place]?.click();
}
async function putFile(id, file) {
  const box = gradio().querySelector(`#${id}`);
  if (!box) {
    throw new Error(text("send.noPlace", { id }));
  }
  box.querySelector('button[aria-label="Clear"]')?.click();
  const input = await waitFor(() => box.querySelector('input[type="file"]'));
  const transfer = new DataTransfer();
  transfer.items.add(file);
  input.files = transfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  await waitFor(() => box.querySelector("img, canvas"));
}
async function waitFor(find) {
  for (const end = Date.now() + WAIT_MS4; Date.now() < end; ) {
    const node = find();
    if (node) {
      return node;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(text("send.notTaken"));
}
function gradio() {
  return globalThis.gradioApp?.() ?? document;
}

// javascript/retouch/panels/header.mjs
var COMPARE = [
  ["off", text("header.compare.off")],
  ["slider", text("header.compare.slider")],
  ["side", text("header.compare.side")]
];
function makeSaveItems(commands) {
  const history = text("header.saveHistory.hint");
  return [
    {
      label: text("header.savePicture"),
      hint: text("header.savePicture.hint"),
      run: commands.savePicture,
      testid: "save-picture"
    },
    { label: text("header.saveHistory"), hint: history, run: commands.saveHistory, testid: "save-history" }
  ];
}
var Header = class {
  /** @param {import("../studio.mjs").Studio} studio */
  constructor({ store, view, host, commands }) {
    Object.assign(this, { store, view });
    this.undo = iconButton("undo", text("header.undo"), commands.undo, { key: "Ctrl+Z", "data-testid": "undo" });
    this.redo = iconButton("redo", text("header.redo"), commands.redo, { key: "Ctrl+Shift+Z", "data-testid": "redo" });
    this.name = h("span", { class: "rt-document-name" });
    this.save = this.#makeButton("save", text("header.save"), commands.savePicture, "save", text("header.save.tip"));
    this.saveAs = menuButton([icon("chevron")], text("header.saveAs"), () => makeSaveItems(commands), {
      class: "rt-button rt-save-as",
      "data-testid": "save-as"
    });
    this.recipes = menuButton(
      [icon("recipe"), h("span", {}, text("header.recipes")), icon("chevron")],
      text("header.recipes"),
      commands.listRecipes,
      { "data-testid": "recipes" }
    );
    this.compare = menuButton(
      [icon("before"), h("span", {}, text("header.compare")), icon("chevron")],
      text("header.compare.label"),
      () => COMPARE.map(([mode, label]) => ({ label, run: () => commands.setCompare(mode), testid: `compare-${mode}` })),
      { "data-testid": "compare" }
    );
    this.send = this.#makeSendMenu(host, commands);
    const theme = host === "standalone" ? [iconButton("dark", text("header.theme"), commands.toggleTheme, { "data-testid": "theme" })] : [];
    this.element = h(
      "header",
      { class: "rt-header" },
      h("h1", { class: "rt-brand" }, icon("recipe"), text("header.brand")),
      this.#makeButton("folder", text("header.open"), commands.openFile, "open", text("header.open.tip")),
      h("div", { class: "rt-group" }, this.undo, this.redo),
      this.name,
      this.recipes,
      this.#makeButton("batch", text("header.batch"), commands.showBatch, "batch", text("header.batch.tip")),
      this.compare,
      this.send,
      h("div", { class: "rt-group" }, this.save, this.saveAs),
      ...theme,
      iconButton("help", text("shortcuts.title"), commands.showHelp, { key: "?", "data-testid": "help" })
    );
    store.addEventListener("change", () => this.update());
    this.update();
  }
  #makeButton(name, label, press, testid, tip) {
    return h(
      "button",
      { type: "button", class: "rt-button", "data-testid": testid, "data-tip": tip, onclick: press },
      icon(name),
      h("span", {}, label)
    );
  }
  #makeSendMenu(host, commands) {
    if (!listSendTargets(host).length) {
      return null;
    }
    const items = () => listSendTargets(host).map((target) => ({ ...target, run: () => commands.sendTo(target) }));
    return menuButton(
      [icon("send"), h("span", {}, text("header.send")), icon("chevron")],
      text("header.send"),
      items,
      {
        "data-testid": "send"
      }
    );
  }
  update() {
    const { store } = this;
    const { base, name } = store.doc;
    this.undo.disabled = !store.canUndo;
    this.redo.disabled = !store.canRedo;
    this.undo.dataset.tip = store.canUndo ? text("header.undo.tipOf", { step: store.labels[store.at] }) : text("header.undo.tip");
    this.name.textContent = name;
    this.name.title = name;
    this.save.disabled = !base;
    const same = !base || composePicture(store.doc) === base;
    for (const [wrap, off] of [
      [this.compare, same && !store.doc.variations],
      [this.send, !base],
      [this.saveAs, !base]
    ]) {
      if (wrap) {
        wrap.firstChild.disabled = off;
      }
    }
  }
};

// javascript/retouch/document/store.mjs
var DEPTH = 100;
var OTHERS = 5;
var OTHER_PIXELS = 2e8;
var NEAR = 2;
var UndoStack = class {
  at = 0;
  constructor(doc, label = "") {
    this.states = [{ label, doc, merge: null }];
  }
  get doc() {
    return this.states[this.at].doc;
  }
  get pixels() {
    const { base } = this.doc;
    return base ? base.width * base.height : 0;
  }
};
var Store = class extends EventTarget {
  #stacks;
  #place = 0;
  constructor(doc) {
    super();
    this.#stacks = [new UndoStack(doc)];
  }
  get #stack() {
    return this.#stacks[this.#place];
  }
  get doc() {
    return this.#stack.doc;
  }
  /** Stands for the present picture: the same object in all of its states. */
  get picture() {
    return this.#stack;
  }
  get canUndo() {
    return this.#stack.at > 0 || this.#place > 0;
  }
  get canRedo() {
    return this.#stack.at < this.#stack.states.length - 1 || this.#place < this.#stacks.length - 1;
  }
  /** What led to each state of the present picture, oldest first; the first state's is how it was opened. */
  get labels() {
    return this.#stack.states.map(({ label }) => label);
  }
  /** The present's place in `labels`. */
  get at() {
    return this.#stack.at;
  }
  /** The other pictures as they were left, in the order of undo, and the present one's place among all. */
  get others() {
    return {
      docs: this.#stacks.filter((stack) => stack !== this.#stack).map(({ doc }) => doc),
      place: this.#place
    };
  }
  /**
   * The next state. Undone ones are forgotten.
   *
   * @param {string} label what was done, as the history shows it
   * @param {string | null} merge a key: if the present was made with the same one, it is replaced, so that
   *     dragging a slider, or a mask that arrives after its click, is one step
   */
  do(label, doc, { merge = null } = {}) {
    const { states, at } = this.#stack;
    const present = states[at];
    if (doc === present.doc) {
      return;
    }
    const replaces = merge !== null && present.merge === merge;
    states.length = at + (replaces ? 0 : 1);
    states.push({ label, doc, merge });
    states.splice(0, states.length - DEPTH - 1);
    this.#setState(states.length - 1, present.doc, label);
  }
  /** Changes the present without a step of its own: what is selected, shown or hidden. */
  amend(doc) {
    const { states, at } = this.#stack;
    const present = states[at];
    if (doc !== present.doc) {
      states[at] = { ...present, doc };
      this.#setState(at, present.doc, "");
    }
  }
  undo() {
    if (this.#stack.at > 0) {
      this.goTo(this.#stack.at - 1);
    } else {
      this.#switchTo(this.#place - 1);
    }
  }
  redo() {
    if (this.#stack.at < this.#stack.states.length - 1) {
      this.goTo(this.#stack.at + 1);
    } else {
      this.#switchTo(this.#place + 1);
    }
  }
  /** @param {number} at a place in `labels`; others are ignored */
  goTo(at) {
    const { states } = this.#stack;
    if (at !== this.at && states[at]) {
      this.#setState(at, this.doc, states[at].label);
    }
  }
  /**
   * Opens another picture, with an undo stack of its own.
   *
   * @param {boolean} keep whether the present picture stays, to be undone to
   */
  open(doc, keep) {
    const before = this.doc;
    const others = this.#stacks.filter((stack) => keep || stack !== this.#stack);
    const dropped = [];
    while (others.length > OTHERS || sumPixels(others) > OTHER_PIXELS) {
      dropped.push(others.shift().doc);
    }
    this.#stacks = [...others, new UndoStack(doc, text("did.open", { name: doc.name }))];
    this.#place = others.length;
    this.#notify(before, this.labels[0]);
    dropped.forEach((gone) => this.dispatchEvent(new CustomEvent("dropped", { detail: { doc: gone } })));
  }
  /** The picture of this base, where it is still kept. */
  reopen(base) {
    this.#switchTo(this.#stacks.findIndex((stack) => stack.doc.base === base));
  }
  /** What was kept elsewhere: `docs` as `others` gave them, and the present one at its place. */
  restore(doc, { docs = [], place = docs.length } = {}) {
    const before = this.doc;
    const all = [...docs.slice(0, place), doc, ...docs.slice(place)];
    this.#stacks = all.map((one) => new UndoStack(one, text("did.open", { name: one.name })));
    this.#place = place;
    this.#notify(before, "");
  }
  #switchTo(place) {
    if (this.#stacks[place] && place !== this.#place) {
      const before = this.doc;
      this.#place = place;
      this.#notify(before, this.labels[this.at]);
    }
  }
  #setState(at, before, label) {
    this.#stack.at = at;
    const far = this.#stack.states[at - NEAR - 1];
    if (far) {
      compressMasks(far.doc, this.doc);
    }
    this.#notify(before, label);
  }
  #notify(before, label) {
    const { doc } = this;
    if (before.base !== doc.base) {
      this.#stacks.filter((stack) => stack !== this.#stack).forEach((stack) => compressMasks(stack.doc, doc));
    }
    this.dispatchEvent(new CustomEvent("change", { detail: { label, before, doc } }));
  }
};
function sumPixels(stacks) {
  return stacks.reduce((sum, { pixels }) => sum + pixels, 0);
}

// javascript/retouch/panels/intents.mjs
var ELSEWHERE2 = ["prompt", "negative_prompt", "variations"];
var IntentsPanel = class {
  /** @param {import("../studio.mjs").Studio} studio */
  constructor({ settings, inpaintJobs, store }) {
    Object.assign(this, { settings, inpaintJobs, store, intents: [], knobs: [] });
    this.buttons = h("div", { class: "rt-intents", role: "group", "aria-label": text("intents.label") });
    this.prompt = this.#makePromptField("prompt", text("intents.prompt.hint"), text("intents.prompt"), 3);
    this.prompt.dataset.tip = text("intents.prompt.tip");
    this.prompt.addEventListener("keydown", (event) => this.#recallPrompt(event));
    this.negative = this.#makePromptField("negative_prompt", text("intents.negative.hint"), text("intents.negative"), 1);
    this.invert = h("input", {
      type: "checkbox",
      "data-testid": "not-masked",
      onchange: (e) => settings.set({ invert: e.target.checked })
    });
    this.variations = h("input", {
      id: "rt-variations",
      type: "number",
      min: 1,
      max: 16,
      onchange: (e) => settings.set({ variations: clampInteger(e.target.value, 1, 16) })
    });
    this.adjust = new KnobGroups(settings);
    const row = h(
      "div",
      { class: "rt-numbers" },
      h(
        "label",
        { class: "rt-check", "data-tip": text("intents.invert.tip") },
        this.invert,
        text("intents.invert")
      ),
      h("label", { for: "rt-variations" }, text("intents.variations"), this.variations)
    );
    const main = makeSection("paint", text("intents.title"), [
      addLabel(this.prompt, text("intents.prompt")),
      this.buttons,
      row
    ]);
    this.title = h("span", {}, text("intents.adjust"));
    const more = makeSection(
      "adjust",
      this.title,
      [addLabel(this.negative, text("intents.negative")), makeSeedField(settings, "rt-seed"), this.adjust.element],
      { open: false }
    );
    this.elements = [main, more];
    settings.addEventListener("change", () => this.update());
    this.update();
  }
  #makePromptField(name, placeholder, label, rows) {
    const { settings } = this;
    const setting = { read: () => settings.get(name), write: (value) => settings.set({ [name]: value }) };
    return makeTextField(settings, setting, { placeholder, label, rows, testid: name });
  }
  /** Alt and an arrow: an older or newer prompt. */
  #recallPrompt(event) {
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    const prompt = by && event.altKey ? this.inpaintJobs.promptHistory.step(by) : null;
    if (prompt !== null) {
      event.preventDefault();
      this.settings.set({ prompt });
    }
  }
  /** Shows the server's intents and knobs, as GET intents and GET schema list them. */
  describe(intents, schema) {
    this.intents = intents;
    const knobs = knobsOf(schema).filter(({ path, group }) => group && !ELSEWHERE2.includes(path));
    const ordered = [...frontKnobs(knobs), ...knobs.filter(({ order }) => !order)];
    this.knobs = ordered.map((knob) => ({ ...knob, order: 0 }));
    this.buttons.replaceChildren(...intents.map((intent, index) => this.#makeButton(intent, index)));
    this.update();
  }
  #makeButton(intent, index) {
    const press = () => (this.settings.set({ prompt: this.prompt.value }), this.inpaintJobs.runIntent(intent));
    const tip = text("intents.tip", { description: intent.description, number: index + 1 });
    return h(
      "button",
      {
        type: "button",
        class: "rt-intent",
        "data-intent": intent.name,
        "data-testid": `intent-${intent.name}`,
        "aria-description": intent.description,
        "data-tip": tip,
        onclick: press
      },
      icon(intent.name),
      intent.label
    );
  }
  /** Press the intent of a name, or the last one again. */
  press(name) {
    const wanted = name || this.settings.get("intent");
    this.buttons.querySelector(wanted ? `[data-intent="${wanted}"]` : "button")?.click();
  }
  get current() {
    return this.intents.find(({ name }) => name === this.settings.get("intent")) ?? this.intents[0];
  }
  update() {
    const { settings } = this;
    this.invert.checked = settings.get("invert");
    setValue(this.variations, String(settings.get("variations")));
    this.buttons.querySelectorAll("button").forEach((b) => b.classList.toggle("rt-last", b.dataset.intent === settings.get("intent")));
    if (this.current) {
      this.title.textContent = text("intents.adjustOf", { intent: this.current.label });
      this.adjust.show(this.current, this.knobs, flatten(this.current.pass ?? {}));
    }
  }
};
function clampInteger(raw, low, high) {
  return Math.min(Math.max(Math.round(Number(raw) || low), low), high);
}

// javascript/retouch/files/mask-files.mjs
var CHANNELS2 = [
  { channel: "luminance", label: text("maskFile.luminance"), hint: text("maskFile.luminance.hint") },
  { channel: "alpha", label: text("maskFile.alpha"), hint: text("maskFile.alpha.hint") },
  { channel: "inverted alpha", label: text("maskFile.invertedAlpha"), hint: text("maskFile.invertedAlpha.hint") }
];
async function readMaskFile(api, doc, file, channel = "auto") {
  const body = { mask: toBase64(await bytesOfBlob(file)), mask_channel: channel, radius: 0 };
  const { mask, box, mask_reading: reading, warnings = [] } = await api.postWithPicture(pickSentPicture(doc), "mask", body);
  return { mask: await Mask.fromPng(mask, boxOfList(box)), reading, warnings };
}
function isAmbiguous(error) {
  return error instanceof ServerError && error.path === "mask" && error.message.includes("mask_channel");
}

// javascript/retouch/panels/object-row.mjs
var WORDS2 = text("object.prompt.tip");
var DRAGGED = "text/retouch-object";
var ObjectRow = class {
  constructor(store, id) {
    Object.assign(this, { store, id });
    this.use = this.#makeUseBox();
    this.eye = iconButton("eye", text("object.show"), () => this.#toggleVisible());
    this.name = this.#makeTextInput("name", text("object.rename"), { class: "rt-name", "aria-label": text("object.name") });
    this.level = this.#makeLevelButton();
    this.area = h("span", { class: "rt-area" });
    const own = { placeholder: text("object.prompt.hint"), "aria-label": text("object.prompt"), "data-tip": WORDS2 };
    this.prompt = this.#makeTextInput("prompt", text("object.prompt.done"), { class: "rt-object-prompt", ...own });
    this.element = this.#build();
  }
  get doc() {
    return this.store.doc;
  }
  get object() {
    return objectOf(this.doc, this.id);
  }
  #change(label, changes, merge = null) {
    this.store.do(label, changeObject(this.doc, this.id, changes), { merge });
  }
  #select() {
    this.store.amend(selectObject(this.doc, this.id));
  }
  #toggleVisible() {
    this.store.amend(changeObject(this.doc, this.id, { visible: !this.object.visible }));
  }
  #delete() {
    this.store.do(text("objects.delete"), removeObject(this.doc, this.id));
  }
  #makeUseBox() {
    const names = { "aria-label": text("object.use.label"), "data-tip": text("object.use.label") };
    const change = ({ target }) => this.#change(target.checked ? text("object.use") : text("object.unuse"), { use: target.checked });
    return h("input", { type: "checkbox", ...names, onchange: change });
  }
  #makeTextInput(field, label, props) {
    const change = ({ target }) => this.#change(label, { [field]: target.value }, `${field}-${this.id}`);
    return h("input", { type: "text", ...props, oninput: change });
  }
  #makeLevelButton() {
    const next = () => this.store.do(text("object.next"), nextCandidate(this.doc, this.id));
    return h("button", { type: "button", class: "rt-level", "data-tip": text("object.next.tip"), onclick: next });
  }
  #build() {
    const grip = h("span", { class: "rt-grip", draggable: "true", "aria-hidden": "true" }, icon("grip"));
    const gone = iconButton("close", text("object.delete"), () => this.#delete());
    const parts = [grip, this.use, this.eye, this.name, this.level, this.area, gone];
    const press = ({ target }) => target.closest("button, input[type=checkbox]") || this.#select();
    const props = { "data-testid": "object", tabindex: 0, onclick: press, onkeydown: (e) => this.#onKey(e) };
    const row = h("li", props, h("div", { class: "rt-row" }, parts), this.prompt);
    this.#makeDraggable(row, grip);
    return row;
  }
  update() {
    const { object, doc } = this;
    const { candidate, candidates } = object;
    const chosen = object.id === doc.selected;
    setAttribute(this.element, "aria-current", chosen);
    this.use.checked = object.use;
    this.#showVisible(object.visible);
    setValue(this.name, object.name);
    setValue(this.prompt, object.prompt);
    this.prompt.hidden = !chosen && !object.prompt;
    this.level.hidden = candidates.length < 2;
    this.level.textContent = `${candidate + 1}/${candidates.length}`;
    setAttribute(
      this.level,
      "aria-label",
      text("object.candidate", { number: candidate + 1, count: candidates.length })
    );
    this.area.textContent = describeShare(object, doc.base);
  }
  #showVisible(visible) {
    setAttribute(this.eye, "aria-pressed", visible);
    if (this.eye.dataset.shown !== String(visible)) {
      this.eye.dataset.shown = visible;
      this.eye.replaceChildren(icon(visible ? "eye" : "eyeoff"));
    }
  }
  /** Alt and an arrow move a row; Delete deletes it. Only on the row itself, not in its fields. */
  #onKey(event) {
    if (event.target !== this.element) {
      return;
    }
    const at = this.doc.objects.indexOf(this.object);
    const to = event.altKey ? { ArrowUp: at + 1, ArrowDown: at - 1 }[event.key] : void 0;
    if (event.key === "Delete") {
      this.#delete();
    } else if (event.key === "Enter" || event.key === " ") {
      this.#select();
    } else if (this.doc.objects[to]) {
      this.#move(this.id, to);
      this.element.focus();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
  #move(id, to) {
    this.store.do(text("object.move"), moveObject(this.doc, id, to));
  }
  #makeDraggable(row, grip) {
    grip.addEventListener("dragstart", ({ dataTransfer }) => {
      dataTransfer.setData(DRAGGED, this.id);
      dataTransfer.setDragImage(row, 8, 8);
    });
    row.addEventListener("dragover", (event) => event.dataTransfer.types.includes(DRAGGED) && claimEvent(event));
    row.addEventListener("drop", (event) => {
      const id = event.dataTransfer.getData(DRAGGED);
      if (id && id !== this.id) {
        claimEvent(event);
        this.#move(id, this.doc.objects.indexOf(this.object));
      }
    });
  }
};
function claimEvent(event) {
  event.preventDefault();
  event.stopPropagation();
}
function moveObject(doc, id, to) {
  const objects = doc.objects.filter((object) => object.id !== id);
  objects.splice(to, 0, objectOf(doc, id));
  return Object.freeze({ ...doc, objects });
}
function describeShare(object, base) {
  const share = base ? shapeMask(object, base).area / areaOf(boxOfSize(base)) * 100 : 0;
  return share === 0 ? text("object.empty") : share < 0.1 ? "<0.1 %" : `${share < 10 ? share.toFixed(1) : Math.round(share)} %`;
}

// javascript/retouch/panels/mask-overlay.mjs
var KEY5 = "retouch-overlay";
var MaskOverlayForm = class {
  constructor(view) {
    this.view = view;
    view.overlay = loadOverlay();
    const { colour, opacity } = view.overlay;
    const change = (changes) => {
      view.overlay = changes;
      localStorage.setItem(KEY5, JSON.stringify({ colour: view.overlay.colour, opacity: view.overlay.opacity }));
    };
    const tint = h("input", {
      type: "color",
      value: colour,
      "aria-label": text("overlay.colour"),
      "data-testid": "overlay-colour",
      oninput: (e) => change({ colour: e.target.value })
    });
    const strength = h("input", {
      type: "range",
      min: 0,
      max: 100,
      value: opacity * 100,
      "aria-label": text("overlay.opacity"),
      "data-testid": "overlay-opacity",
      oninput: (e) => change({ opacity: e.target.value / 100 })
    });
    this.element = h(
      "div",
      { class: "rt-overlay-form" },
      h("span", { "data-tip": text("overlay.tip") }, text("overlay.label")),
      tint,
      strength
    );
  }
};
function loadOverlay() {
  try {
    const { colour, opacity } = JSON.parse(localStorage.getItem(KEY5) ?? "{}");
    return {
      .../^#[0-9a-f]{6}$/i.test(colour) ? { colour } : {},
      ...opacity >= 0 && opacity <= 1 ? { opacity } : {}
    };
  } catch {
    return {};
  }
}

// javascript/retouch/panels/mask-shape.mjs
var SLIDERS = [
  ["grow", text("edge.grow"), -128, 128],
  ["feather", text("edge.feather"), 0, 128],
  ["smooth", text("edge.smooth"), 0, 64],
  ["islands", text("edge.islands"), 0, 2e3]
];
var SWITCHES = [
  ["holes", text("edge.holes")],
  ["invert", text("edge.invert")]
];
var MaskShapeForm = class {
  #frame = 0;
  /** `snap` moves the selected object's outline to the picture's own edges. */
  constructor(store, snap) {
    this.store = store;
    this.inputs = {};
    this.reset = h(
      "button",
      { type: "button", class: "rt-link", onclick: () => this.#set(PLAIN_SHAPE) },
      text("edge.reset")
    );
    const switches = h(
      "div",
      { class: "rt-switches" },
      SWITCHES.map((s) => this.#makeSwitch(...s)),
      this.reset
    );
    const sharp = h(
      "button",
      {
        type: "button",
        class: "rt-button",
        "data-testid": "snap",
        "data-tip": text("edge.snap.tip"),
        onclick: snap
      },
      text("edge.snap")
    );
    switches.append(sharp);
    this.element = h(
      "fieldset",
      { class: "rt-shape", "data-testid": "shape" },
      h("legend", {}, text("edge.label")),
      SLIDERS.map((s) => this.#makeSlider(...s)),
      switches
    );
  }
  #makeSlider(name, label, min, max2) {
    const id = `rt-shape-${name}`;
    const set = (value) => this.#setNextFrame({ [name]: Math.min(Math.max(Math.round(Number(value) || 0), min), max2) });
    const range = h("input", {
      type: "range",
      min,
      max: max2,
      "aria-label": text("knobs.slider", { label }),
      tabindex: -1,
      oninput: (e) => set(e.target.value)
    });
    const number = h("input", { id, type: "number", min, max: max2, onchange: (e) => set(e.target.value) });
    this.inputs[name] = (value) => [range, number].forEach((input) => input.value = value);
    return h(
      "div",
      { class: "rt-knob" },
      h("label", { for: id }, label),
      h("span", { class: "rt-slider" }, range, number)
    );
  }
  #makeSwitch(name, label) {
    const box = h("input", {
      type: "checkbox",
      "data-testid": `shape-${name}`,
      onchange: () => this.#set({ [name]: box.checked })
    });
    this.inputs[name] = (value) => box.checked = value;
    return h("label", { class: "rt-check" }, box, label);
  }
  /** A slider speaks more often than a large mask can be shaped: once a frame is enough. */
  #setNextFrame(changes) {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#set(changes));
  }
  #set(changes) {
    const { doc } = this.store;
    if (selectedObject(doc)) {
      this.store.do(text("edge.done"), setShape(doc, doc.selected, changes), {
        merge: `shape-${doc.selected}-${Object.keys(changes)}`
      });
    }
  }
  update() {
    const object = selectedObject(this.store.doc);
    this.element.hidden = !object;
    if (object) {
      Object.entries(this.inputs).forEach(([name, show]) => show(object.shape[name]));
      this.reset.disabled = Object.keys(PLAIN_SHAPE).every((name) => PLAIN_SHAPE[name] === object.shape[name]);
    }
  }
};

// javascript/retouch/panels/objects.mjs
var COMBINE = [
  ["union", text("objects.union.label"), text("objects.union")],
  ["subtract", text("objects.subtract.label"), text("objects.subtract")],
  ["intersect", text("objects.intersect.label"), text("objects.intersect")]
];
var ObjectsPanel = class {
  /** @param {import("../studio.mjs").Studio} studio */
  constructor({ root, store, api, notices, view, commands, host }) {
    Object.assign(this, { root, store, api, notices, view, rows: /* @__PURE__ */ new WeakMap() });
    this.list = h("ul", { class: "rt-list", "aria-label": text("objects.title") });
    this.empty = h("p", { class: "rt-hint" }, text("objects.empty"));
    this.combine = COMBINE.map(
      ([how, label, done]) => iconButton(how, label, () => this.#combine(how, done), { "data-testid": `combine-${how}` })
    );
    this.exportButton = iconButton("download", text("objects.export"), () => this.exportMask(), {
      "data-testid": "export-mask"
    });
    const tools = [
      iconButton("add", text("objects.new.label"), () => this.#do(text("objects.new"), addObject(this.doc)), {
        "data-testid": "new-object"
      }),
      ...this.combine,
      this.#makeImportButton(listMaskSources(host)),
      this.exportButton
    ];
    this.shape = new MaskShapeForm(store, commands.snapToEdges);
    this.sketch = this.#makeSketchRow();
    this.element = makeSection(
      "objects",
      text("objects.title"),
      [this.empty, this.list, this.sketch, this.shape.element, new MaskOverlayForm(view).element],
      { tools }
    );
    store.addEventListener("change", () => this.update());
    this.update();
  }
  get doc() {
    return this.store.doc;
  }
  #do(label, doc, options) {
    this.store.do(label, doc, options);
  }
  update() {
    const { objects } = this.doc;
    this.empty.hidden = objects.length > 0 || this.doc.sketch !== null;
    this.sketch.hidden = this.doc.sketch === null;
    this.combine.forEach((button) => button.disabled = this.#usedIds().length < 2);
    this.exportButton.disabled = !objects.some(({ use }) => use);
    const rows = [...objects].reverse();
    syncChildren(this.list, rows, {
      key: ({ id }) => id,
      make: ({ id }) => this.#makeRow(id),
      update: (element) => this.rows.get(element).update()
    });
    this.shape.update();
  }
  /** Painted colours are masked too, but are no object: all that can be done here is to wipe them off. */
  #makeSketchRow() {
    const wipe = iconButton(
      "close",
      text("objects.wipe.label"),
      () => this.#do(text("objects.wipe"), setSketch(this.doc, null)),
      { "data-testid": "wipe-sketch" }
    );
    return h(
      "div",
      { class: "rt-row rt-sketch" },
      icon("palette"),
      h("span", { class: "rt-sketch-name" }, text("objects.sketch")),
      wipe
    );
  }
  #makeRow(id) {
    const row = new ObjectRow(this.store, id);
    this.rows.set(row.element, row);
    return row.element;
  }
  /** The objects in use, the selected one first. */
  #usedIds() {
    const ids = this.doc.objects.filter(({ use }) => use).map(({ id }) => id);
    return ids.includes(this.doc.selected) ? [this.doc.selected, ...ids.filter((id) => id !== this.doc.selected)] : ids;
  }
  #combine(how, done) {
    this.#do(done, combineObjects(this.doc, this.#usedIds(), how));
  }
  /** A button; where masks can come from elsewhere than a file, a menu. */
  #makeImportButton(places) {
    const [label, face] = [
      text("maskFile.title"),
      { "data-testid": "import-mask", "data-tip": text("maskFile.title") }
    ];
    const fromFile = () => this.importMask(() => chooseFile("image/*"));
    if (!places.length) {
      return iconButton("upload", label, fromFile, face);
    }
    const items = places.map((place) => ({ ...place, run: () => this.importMask(place.take) }));
    const all = [{ label: text("maskFile.fromFile"), testid: "mask-from-file", run: fromFile }, ...items];
    return menuButton([icon("upload")], label, () => all, { ...face, class: "rt-icon-button" });
  }
  /** The mask in the file that `take` gives, as a new object. */
  async importMask(take) {
    try {
      const file = await take();
      if (file && this.doc.base) {
        await this.#importFile(file);
      }
    } catch (error) {
      this.notices.say(error.message, "error");
    }
  }
  /** Adds the mask of a file as an object and says how it was read. With two likely readings a person chooses. */
  async #importFile(file) {
    const { base } = this.doc;
    const read = readMaskFile(this.api, this.doc, file);
    const { mask, reading, warnings } = await read.catch((error) => this.#askChannel(file, error));
    if (!mask || this.doc.base !== base) {
      return;
    }
    [`${file.name}: ${reading}.`, ...warnings].forEach((text2, k) => this.notices.say(text2, k ? "warning" : "info"));
    this.#do(
      text("maskFile.done"),
      addObject(this.doc, { mask, added: mask, name: file.name.replace(/\.\w+$/, "") })
    );
  }
  /** {} where nothing was chosen. */
  async #askChannel(file, error) {
    if (!isAmbiguous(error)) {
      throw new Error(`${file.name}: ${error.message}`, { cause: error });
    }
    const question = text("maskFile.question", { name: file.name });
    const chosen = await chooseOption(this.root, text("maskFile.title"), question, CHANNELS2);
    return chosen ? readMaskFile(this.api, this.doc, file, chosen.channel) : {};
  }
  async exportMask() {
    const masks = this.doc.objects.filter(({ use }) => use).map((object) => shapeMask(object, this.doc.base));
    const png = await masks.reduce((sum, mask) => sum.union(mask), NOTHING).toPng(this.doc.base);
    download(
      new Blob([fromBase64(png)], { type: "image/png" }),
      `${this.doc.name.replace(/\.\w+$/, "") || "picture"}-mask.png`
    );
    markMasksSaved(this.doc);
  }
};

// javascript/retouch/document/picture-words.mjs
function followPicture(store, settings) {
  const wordsOf2 = /* @__PURE__ */ new WeakMap();
  let { picture, doc } = store;
  store.addEventListener("change", () => {
    const before = { picture, doc };
    ({ picture, doc } = store);
    if (picture === before.picture) {
      return;
    }
    wordsOf2.set(before.picture, settings.words);
    if (before.doc.base || wordsOf2.has(picture)) {
      settings.setWords(wordsOf2.get(picture));
    }
  });
}

// javascript/retouch/files/load-picture.mjs
var SLOW_MS = 600;
var PictureLoader = class {
  #latest = null;
  /** @param {import("../studio.mjs").Studio} studio */
  constructor({ store, view, api, notices }) {
    Object.assign(this, { store, view, api, notices });
    store.addEventListener("dropped", ({ detail }) => this.#tellDropped(detail.doc));
  }
  /** Opens the file, unless another was chosen meanwhile. */
  async load(file) {
    const token = this.#latest = Symbol("load");
    const done = this.#tellWhenSlow(file);
    const say = (remark) => this.#latest === token && this.notices.say(remark, "warning");
    try {
      const doc = await readDocument(file, { api: this.api, say });
      if (this.#latest === token) {
        markSaved(doc);
        this.show(doc);
      }
    } catch (error) {
      this.notices.say(error.message, "error");
    } finally {
      done();
    }
  }
  /** Opens a document as the present one. */
  show(doc) {
    const before = this.store.doc;
    const work = listUnsavedWork(before);
    this.store.open(doc, work.length > 0);
    this.view.fit();
    this.api.send(pickSentPicture(doc)).catch(() => {
    });
    if (work.length) {
      const told = text("open.stillHere", { name: before.name, work: joinWords(work) });
      const action = { label: text("open.back"), run: () => this.store.reopen(before.base) };
      this.#closeOnceBack(before.base, this.notices.say(told, "warning", action));
    }
  }
  /** The notice is of no use any more once the picture is there again. */
  #closeOnceBack(base, close) {
    const onChange = ({ detail }) => {
      if (detail.doc.base === base) {
        close();
        this.store.removeEventListener("change", onChange);
      }
    };
    this.store.addEventListener("change", onChange);
  }
  #tellWhenSlow({ name }) {
    let close = () => {
    };
    const opening = name ? text("open.slow", { name }) : text("open.slowUnnamed");
    const timer = setTimeout(() => close = this.notices.say(opening, "lasting"), SLOW_MS);
    return () => (clearTimeout(timer), close());
  }
  #tellDropped(doc) {
    const told = text("open.dropped", { name: doc.name, work: joinWords(listUnsavedWork(doc)) });
    const save = async () => {
      const file = await makeHistoryFile(doc);
      download(file, file.name);
    };
    this.notices.say(told, "lasting", { label: text("open.saveDropped"), run: save });
  }
};

// javascript/retouch/document/prompt-history.mjs
var KEY6 = "retouch-prompts";
var MOST2 = 50;
var PromptHistory = class {
  #place = -1;
  constructor(storage = globalThis.localStorage) {
    this.storage = storage;
  }
  get prompts() {
    try {
      const stored = JSON.parse(this.storage?.getItem(KEY6) ?? "[]");
      return Array.isArray(stored) ? stored.filter((one) => typeof one === "string") : [];
    } catch {
      return [];
    }
  }
  /** Puts a prompt first. A blank one is not kept. */
  add(prompt) {
    this.#place = -1;
    if (prompt.trim()) {
      const others = this.prompts.filter((one) => one !== prompt);
      this.storage?.setItem(KEY6, JSON.stringify([prompt, ...others].slice(0, MOST2)));
    }
  }
  /**
   * The prompt `by` places older than the one that was returned last, null at the end. From the newest one it leads
   * back to the blank prompt.
   */
  step(by) {
    const place = this.#place + by;
    if (place < -1 || place >= this.prompts.length) {
      return null;
    }
    this.#place = place;
    return place < 0 ? "" : this.prompts[place];
  }
};

// javascript/retouch/server/inpaint.mjs
var UNMASKED = text("paint.unmasked");
var REPLACED = text("paint.replaced");
var STOPPED = text("paint.stopped");
var InpaintJobs = class extends EventTarget {
  #jobs = [];
  /**
   * @param {import("../studio.mjs").Studio & {pendingClicks?: () => Promise<unknown>}} studio `pendingClicks`
   *     resolves once every click has its mask
   */
  constructor({ api, store, settings, progress, notices, pendingClicks = () => null }) {
    super();
    Object.assign(this, { api, store, settings, progress, notices, pendingClicks });
    this.promptHistory = new PromptHistory(settings.storage);
  }
  get busy() {
    return this.#jobs.length > 0;
  }
  /** Paints the masked area as an intent says, once every pending click has its mask. */
  async runIntent({ name, label }) {
    const { store, settings } = this;
    settings.set({ intent: name });
    this.promptHistory.add(settings.get("prompt"));
    await this.pendingClicks();
    const groups = store.doc.base ? groupByPrompt(store.doc, settings) : [];
    if (!groups.length) {
      return this.notices.say(store.doc.base ? UNMASKED : text("paint.noPicture"), "warning");
    }
    const parts = groups.map((group) => ({ mask: group.mask, request: makeInpaintBody(group, name, settings) }));
    return this.run(label, (task, doc) => this.#inpaintGroups(task, doc, { name, label, groups, parts }));
  }
  /** Paints more variations like the chosen one, with the seeds that follow. */
  paintMore() {
    const variations = variationsOf(this.store.doc);
    const asked = variations && chosenJob(variations);
    if (!asked?.parts?.length) {
      return;
    }
    const find = (doc) => variationsOf(doc)?.jobs.find(({ id }) => id === asked.id);
    this.run(text("paint.more"), async (task, doc) => {
      const job = find(doc) ?? asked;
      const { candidates, parts, warnings } = await this.#inpaintParts(task, doc, job.parts);
      if (!candidates.length) {
        return null;
      }
      return find(this.store.doc) ? addCandidates(this.store.doc, asked.id, candidates, { parts, warnings }) : addJob(this.store.doc, { ...job, candidates, parts, warnings });
    });
  }
  async #inpaintGroups(task, doc, { name, label, groups, parts }) {
    const painted = await this.#inpaintParts(task, doc, parts);
    if (!painted.candidates.length) {
      return null;
    }
    const objects = groups.flatMap((group) => group.objects.map(({ id }) => id));
    const mask = groups.reduce((sum, { mask: mask2 }) => sum.union(mask2), NOTHING);
    const request = parts.length === 1 ? parts[0].request : null;
    return addJob(this.store.doc, { intent: name, name: label, asked: mask, objects, request, ...painted });
  }
  /**
   * Paints every part. A candidate shows the parts' results of one rank together. A part without a result is left
   * out; `paintMore` asks for it again.
   */
  async #inpaintParts(task, doc, parts) {
    const [done, tried, allWarnings] = [[], /* @__PURE__ */ new Map(), /* @__PURE__ */ new Set()];
    for (const [place, { mask, request, next = request.seed }] of parts.entries()) {
      const body = { ...request, seed: next };
      const { candidates, infotext, stopped, warnings } = await this.#inpaintPart(task, doc, mask, body);
      warnings.forEach((warning) => allWarnings.add(warning));
      if (candidates.length) {
        tried.set(place, Math.max(...candidates.flatMap(listSingles).map(({ seed }) => seed)) + 1);
        done.push({ candidates: candidates.map((candidate) => assignPart(candidate, place)), infotext });
      }
      if (stopped) {
        break;
      }
    }
    const count = done.length ? Math.min(...done.map(({ candidates }) => candidates.length)) : 0;
    const ranked = Array.from({ length: count }, (_, rank) => done.map(({ candidates }) => candidates[rank]));
    return {
      candidates: ranked.map((those) => mergeCandidates(doc, those)),
      parts: parts.map((part, place) => tried.has(place) ? { ...part, next: tried.get(place) } : part),
      infotext: done[0]?.infotext ?? "",
      warnings: [...allWarnings]
    };
  }
  async #inpaintPart(task, doc, mask, request) {
    const body = { ...request, ...await encodeMask(doc, mask), answer: "patches", return_steps: true, task };
    const answer = await this.api.postWithPicture(pickSentPicture(doc), "inpaint", body);
    this.showWarnings(answer);
    const candidates = await readCandidates(answer, doc);
    const { infotext, stopped, warnings = [] } = answer;
    return { candidates, infotext, stopped, warnings };
  }
  /**
   * Shows the warnings of an answer. The strip of variations keeps them in sight, so a notice repeats none. A job
   * without variations shows a notice each time, with the reason.
   */
  showWarnings({ warnings = [], stopped, candidates, reports = [] }, hasVariations = candidates?.length > 0) {
    const say = hasVariations ? "sayOnce" : "say";
    warnings.forEach((warning) => this.notices[say](warning, "warning"));
    if (candidates?.length === 0) {
      const why = reports.map((report) => report.why).filter(Boolean);
      const told = stopped ? STOPPED : [text("paint.nothing"), ...why].join(": ");
      this.notices.say(told, stopped ? "info" : "warning");
    }
  }
  /**
   * Runs one job. The next one waits for it, here and in the server's queue.
   *
   * @param {(task: string, doc: Doc) => Promise<Doc | null>} work gives the next document, null for none
   */
  async run(label, work) {
    const job = {
      label,
      task: `retouch-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`,
      base: this.store.doc.base
    };
    this.#jobs.push(job);
    this.#notify();
    const before = this.last ?? Promise.resolve();
    this.last = before.then(() => this.#runJob(job, work)).catch((error) => this.#reportFailure(error, () => this.run(label, work)));
    await this.last;
    this.#jobs = this.#jobs.filter((other) => other !== job);
    this.#notify();
  }
  async #runJob(job, work) {
    this.progress.start(job.task, job.label);
    try {
      if (this.store.doc.base !== job.base) {
        return this.notices.say(REPLACED, "warning");
      }
      const doc = await work(job.task, this.store.doc);
      if (this.store.doc.base !== job.base) {
        return this.notices.say(REPLACED, "warning");
      }
      return doc && this.store.do(job.label, doc);
    } finally {
      this.progress.stop();
    }
  }
  #reportFailure(error, again) {
    const told = error instanceof OfflineError ? text("paint.disconnected") : error.message;
    this.notices.say(told, "error", { label: text("paint.retry"), run: again });
  }
  #notify() {
    this.dispatchEvent(new Event("jobs"));
  }
};
async function readCandidates({ reports, candidates }, doc) {
  const several = reports.filter((report) => report.candidates?.length);
  const regions = several.length ? several : [{ how: reports[0]?.how, candidates }];
  const ranked = await Promise.all(regions.map(readRegion));
  const most = Math.max(...ranked.map((those) => those.length));
  const ofRank = (rank) => ranked.map((those) => those[Math.min(rank, those.length - 1)]);
  return Array.from({ length: most }, (_, rank) => mergeCandidates(doc, ofRank(rank)));
}
function readRegion({ how = null, candidates }) {
  return Promise.all(candidates.map((candidate) => readCandidate(candidate, Object.freeze(how))));
}
async function readCandidate({ patch, mask, box, seed, scores }, how) {
  const place = boxOfList(box);
  const pixels = await Pixels.fromBlob(new Blob([fromBase64(patch)]));
  const painting = Object.freeze({ seed, box, scores: keepFiniteScores(scores), score: 0, patch, mask });
  const fields = { box: place, patch: pixels, mask: await Mask.fromPng(mask, place), seed, scores: scores ?? {} };
  return { ...fields, how, painting };
}

// javascript/retouch/panels/progress.mjs
var POLL_MS = 400;
var Progress = class {
  #timer = 0;
  #task = "";
  /** @param {import("../studio.mjs").Studio} studio */
  constructor({ api }) {
    this.api = api;
    this.bar = h("span", { class: "rt-bar-fill" });
    this.track = h(
      "div",
      {
        class: "rt-bar",
        role: "progressbar",
        "aria-label": text("progress.label"),
        "aria-valuemin": 0,
        "aria-valuemax": 100
      },
      this.bar
    );
    this.what = h("span", { class: "rt-what", "aria-live": "polite" });
    this.preview = h("img", { class: "rt-live", alt: text("progress.preview"), hidden: true });
    this.interrupt = this.#button("stop", text("progress.interrupt"), "interrupt", text("progress.interrupt.tip"));
    this.skip = this.#button("skip", text("progress.skip"), "skip", text("progress.skip.tip"));
    const words = h("div", { class: "rt-progress-words" }, this.what, this.track);
    this.element = h(
      "div",
      { class: "rt-progress", hidden: true, "data-testid": "progress" },
      this.preview,
      words,
      this.interrupt,
      this.skip
    );
  }
  #button(name, label, path, tip) {
    const press = () => this.api.post(path, { task: this.#task }).catch(() => {
    });
    return h(
      "button",
      { type: "button", class: "rt-button", "data-tip": tip, "data-testid": path, onclick: press },
      icon(name),
      label
    );
  }
  /** Show the job known to the server as `task` until `stop()`. */
  start(task, label) {
    this.stop();
    this.#task = task;
    this.element.hidden = false;
    this.#show({ fraction: 0, what: label });
    const ask = async () => {
      const progress = await this.api.get(`progress?task=${encodeURIComponent(task)}`).catch(() => null);
      if (this.#task !== task) {
        return;
      }
      if (progress?.task === task || progress?.queued) {
        this.#show(progress);
      }
      this.#timer = setTimeout(ask, POLL_MS);
    };
    this.#timer = setTimeout(ask, POLL_MS);
  }
  stop() {
    clearTimeout(this.#timer);
    this.#task = "";
    this.element.hidden = true;
    this.preview.hidden = true;
  }
  #show({ fraction, what, queued = false, waiting = 1, preview }) {
    const share = queued ? 0 : fraction ?? 0;
    const percent = Math.round(Math.min(Math.max(share, 0), 1) * 100);
    this.bar.style.width = `${percent}%`;
    this.track.setAttribute("aria-valuenow", percent);
    this.what.textContent = queued ? text("progress.waiting", { count: waiting }) : what || text("progress.label");
    if (preview) {
      this.preview.src = preview;
      this.preview.hidden = false;
    }
  }
};

// javascript/retouch/document/autosave.mjs
var DATABASE = "retouch";
var STORE = "documents";
var TAB = "retouch-tab";
var DAYS = 7;
var MOST3 = 12;
var AutosaveStore = class {
  #database = null;
  #writing = Promise.resolve();
  /** The records of this tab (or of the one it was duplicated from), null where there is none. */
  async open() {
    this.#database = await asPromise(openDatabase());
    const from = sessionStorage.getItem(TAB);
    this.tab = from && await lockTab(from) ? from : await newTab();
    sessionStorage.setItem(TAB, this.tab);
    await this.#tidy([this.tab, from]);
    return { now: from && await this.#get(from), left: from && await this.#get(from, "left") };
  }
  /**
   * Writes come one after the other, the last one wins. Resolves when it is on disk.
   *
   * @param {string} part "" for the present picture, "left" for those it can be undone to
   */
  write(record, part = "") {
    const named = { ...record, tab: makeRecordKey(this.tab, part), when: Date.now() };
    const write = () => asPromise(this.#store("readwrite").put(named));
    this.#writing = this.#writing.catch(() => {
    }).then(write);
    return this.#writing;
  }
  /** The newest record with unsaved work of a closed tab; null without one, or where the browser has no locks. */
  async findAbandoned() {
    if (!navigator.locks) {
      return null;
    }
    const locks = (await navigator.locks.query()).held.map(({ name }) => name);
    const records = await asPromise(this.#store("readonly").index("when").getAll());
    return records.reverse().find(({ tab, work }) => work?.length && !locks.includes(nameLock(tab))) ?? null;
  }
  async #get(tab, part = "") {
    return await asPromise(this.#store("readonly").get(makeRecordKey(tab, part))) ?? null;
  }
  #store(mode) {
    return this.#database.transaction(STORE, mode).objectStore(STORE);
  }
  /** Records of tabs long closed go: the old ones, and the oldest where there are many. */
  async #tidy(own) {
    const newest = (range) => asPromise(this.#store("readonly").index("when").getAllKeys(range));
    const fresh = (await newest(IDBKeyRange.lowerBound(Date.now() - DAYS * 864e5))).map(parseTab);
    const lasting = /* @__PURE__ */ new Set([...own, ...[...new Set(fresh.reverse())].slice(0, MOST3)]);
    const gone = (await newest()).filter((key) => !lasting.has(parseTab(key)));
    await Promise.all(gone.map((key) => asPromise(this.#store("readwrite").delete(key))));
  }
};
function makeRecordKey(tab, part) {
  return part ? `${tab}/${part}` : tab;
}
function parseTab(key) {
  return key.split("/")[0];
}
function nameLock(tab) {
  return `retouch-${tab}`;
}
function openDatabase() {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(STORE, { keyPath: "tab" }).createIndex("when", "when");
  };
  return opening;
}
function lockTab(tab) {
  if (!navigator.locks) {
    return Promise.resolve(true);
  }
  return new Promise((resolve) => {
    navigator.locks.request(nameLock(tab), { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock && new Promise(() => {
      });
    });
  });
}
async function newTab() {
  const tab = crypto.getRandomValues(new Uint32Array(4)).join("-");
  await lockTab(tab);
  return tab;
}
function asPromise(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
function upgradeDoc({ offer, variations = offer, ...doc }) {
  const extension = doc.extension && upgradeExtension(doc.extension);
  const now = variations && !variations.jobs ? upgradeVariations(variations) : variations;
  return Object.freeze({ ...doc, ...now !== void 0 && { variations: now }, ...extension && { extension } });
}
function upgradeExtension({ way, ...extension }) {
  return way === void 0 ? extension : { ...extension, state: way };
}

// javascript/retouch/document/serialize.mjs
var files = /* @__PURE__ */ new WeakMap();
function fileOf(pixels) {
  if (!files.has(pixels)) {
    files.set(pixels, pixels.toBlob());
  }
  return files.get(pixels);
}
async function serialize(value) {
  if (value instanceof Pixels) {
    return { kind: "pixels", file: await fileOf(value) };
  }
  if (value instanceof Mask) {
    return { kind: "mask", box: { ...value.box }, data: value.data };
  }
  if (value instanceof Uint8Array) {
    return value;
  }
  return mapTree(value, serialize);
}
async function deserialize(value) {
  if (value?.kind === "pixels" && value.file instanceof Blob) {
    const pixels = await Pixels.fromBlob(value.file);
    files.set(pixels, Promise.resolve(value.file));
    return pixels;
  }
  if (value?.kind === "mask" && value.data instanceof Uint8Array) {
    return new Mask(value.box, value.data);
  }
  return value instanceof Uint8Array ? value : mapTree(value, deserialize);
}
async function mapTree(value, visit) {
  if (Array.isArray(value)) {
    return Object.freeze(await Promise.all(value.map(visit)));
  }
  if (value === null || typeof value !== "object") {
    return value;
  }
  const entries = Object.entries(value).map(async ([name, item]) => [name, await visit(item)]);
  return Object.freeze(Object.fromEntries(await Promise.all(entries)));
}

// javascript/retouch/files/autosave-tab.mjs
var KEEP_WAIT_MS = 800;
var FULL = text("autosave.full");
function startAutosave(studio) {
  const autosave = new TabAutosave(studio);
  autosave.start();
  return () => autosave.stop();
}
var TabAutosave = class {
  #autosaves = new AutosaveStore();
  #savedDoc = null;
  #savedOthers = "";
  #ending = new AbortController();
  /** @param {import("../studio.mjs").Studio} studio */
  constructor({ store, settings, notices, view, api, inpaintJobs, pictureLoader }) {
    Object.assign(this, { store, settings, notices, view, api, inpaintJobs, pictureLoader });
    this.save = debounce(() => this.#save(), KEEP_WAIT_MS);
  }
  async start() {
    try {
      const { now, left } = await this.#autosaves.open();
      if (now) {
        await this.#restore(now, left);
      } else {
        await this.#offerAbandoned();
      }
    } catch (error) {
      this.notices.say(text("autosave.lost", { why: error.message }), "warning");
    }
    this.#listen();
  }
  stop() {
    this.#ending.abort();
  }
  #listen() {
    const { signal } = this.#ending;
    const save = () => this.store.doc.base && this.save();
    this.store.addEventListener("change", save, { signal });
    this.settings.addEventListener("change", save, { signal });
    addEventListener("pagehide", () => this.store.doc.base && this.save.now(), { signal });
    addEventListener("beforeunload", (event) => this.#onLeave(event), { signal });
    save();
  }
  async #restore(now, left) {
    const { doc: stored, said: settings, saved } = await deserialize(now.content);
    const doc = upgradeDoc(stored);
    const { docs, place } = left ? await deserialize(left.content) : { docs: [] };
    if (this.store.doc.base) {
      return;
    }
    if (saved) {
      markSaved(doc);
    }
    this.store.restore(doc, { docs: docs.map(upgradeDoc), place });
    this.settings.set(settings ?? {});
    this.view.fit();
    this.api.send(pickSentPicture(doc)).catch(() => {
    });
  }
  /** Work of a tab that was closed, for a new tab. */
  async #offerAbandoned() {
    const record = await this.#autosaves.findAbandoned();
    if (record) {
      const run = async () => this.pictureLoader.show(upgradeDoc((await deserialize(record.content)).doc));
      const told = text("autosave.left", { name: record.name, work: joinWords(record.work) });
      this.notices.say(told, "lasting", { label: text("autosave.restore"), run });
    }
  }
  async #save() {
    const { doc, others } = this.store;
    try {
      const content = await serialize({ doc, said: this.settings.values, saved: isSaved(doc) });
      await this.#autosaves.write({ content, name: doc.name, work: listUnsavedWork(doc) });
      await this.#saveOthers(others);
      this.#savedDoc = doc;
    } catch {
      this.notices.sayOnce(FULL, "lasting");
    }
  }
  /** Written only where they differ: they change with the present picture only. */
  async #saveOthers(others) {
    const key = others.docs.length ? JSON.stringify([others.place, others.docs.map(({ name }) => name)]) : "";
    if (key !== this.#savedOthers) {
      await this.#autosaves.write({ content: await serialize(others) }, "left");
      this.#savedOthers = key;
    }
  }
  /** A question of the browser's, where a reload would lose something. */
  #onLeave(event) {
    const { doc } = this.store;
    const isPending = doc !== this.#savedDoc && listUnsavedWork(doc).length > 0;
    if (isPending || this.inpaintJobs.busy) {
      this.save.now();
      event.preventDefault();
    }
  }
};

// javascript/retouch/server/repaint.mjs
var BUSY2 = text("step.busy");
var STOPPED2 = text("step.stopped");
var RepaintJobs = class {
  /** @param {import("../studio.mjs").Studio} studio */
  constructor({ api, store, inpaintJobs, notices }) {
    Object.assign(this, { api, store, inpaintJobs, notices });
  }
  /** Repaints a step with another seed; with `later` also the steps upon it, with their own seeds. */
  repaint(id, later = false) {
    return this.#run(text("step.again"), id, (number) => ({ repaint: [number], later: later ? "repaint" : "keep" }));
  }
  /** Repaints the steps upon one, which is on or off as it is now. */
  repaintUpon(id) {
    const makeFields = (number, { on }) => ({ [on ? "restore" : "revert"]: [number], later: "repaint" });
    return this.#run(text("step.paintUpon"), id, makeFields);
  }
  /** Shows another of a step's paintings. */
  async chooseVariation(step, index) {
    const doc = replaceStep(this.store.doc, await choosePainting(step, index));
    if (doc) {
      this.store.do(text("step.choose"), doc, { merge: `variation-${step.id}` });
    }
  }
  #run(label, id, makeFields) {
    if (this.inpaintJobs.busy) {
      return this.notices.say(BUSY2, "warning");
    }
    return this.inpaintJobs.run(label, (task, doc) => this.#repaintSteps(task, doc, id, makeFields));
  }
  async #repaintSteps(task, doc, id, makeFields) {
    const steps = listFileSteps(doc);
    const at = steps.findIndex((step) => step.id === id);
    const file = toBase64(await writeHistoryFile(doc));
    const body = { file, ...makeFields(at + 1, steps[at]), return_file: true, task };
    const answer = await this.api.post("history", body);
    this.inpaintJobs.showWarnings(answer);
    if (answer.stopped) {
      this.notices.say(STOPPED2);
    }
    const { steps: now } = await readHistoryFile(fromBase64(answer.file));
    const touched = /* @__PURE__ */ new Set([id, ...listStepsUpon(steps, id).map((step) => step.id)]);
    const pairs = steps.map((step, index) => ({ step, repainted: now[index] }));
    const changed = pairs.filter(({ step, repainted }) => touched.has(step.id) && isRepainted(step, repainted));
    changed.filter(({ step, repainted }) => step.on && !repainted.on).forEach(({ step }) => this.notices.say(makeWorseText(step)));
    const last = this.store.doc;
    return changed.reduce((to, { step, repainted }) => replaceStep(to, withPaintingsOf(step, repainted)) ?? to, last);
  }
};
function isRepainted({ how, paintings = [] }, repainted) {
  const patches = (those) => those.map(({ patch }) => patch).join();
  return Boolean(how) && patches(paintings) !== patches(repainted.paintings);
}
function makeWorseText({ name }) {
  return text("step.worse", { name });
}
function withPaintingsOf(step, { box, patch, mask, report, paintings, chosen, how, on }) {
  return Object.freeze({ ...step, box, patch, mask, report, paintings, chosen, how, on });
}

// javascript/retouch/panels/quality-text.mjs
var DIGITS = 2;
var MEASURES = [
  [text("quality.seam"), "seam_before", "seam", text("quality.seam.tip")],
  [text("quality.drift"), "", "drift_around", text("quality.drift.tip")],
  [text("quality.sharpness"), "sharpness_before", "sharpness", text("quality.sharpness.tip")],
  [text("quality.confidence"), "confidence_before", "confidence_after", text("quality.confidence.tip")]
];
function listMeasures(scores = {}) {
  const known = MEASURES.filter(([, , after]) => Number.isFinite(scores[after]));
  return known.map(([name, before, after, tip]) => {
    const values = [scores[before], scores[after]].filter(Number.isFinite);
    return { name, text: values.map((value) => formatValue(value)).join(" → "), tip };
  });
}
function formatValue(value) {
  return Number(value.toFixed(DIGITS)).toFixed(DIGITS);
}
function describeScores(scores) {
  return listMeasures(scores).map(({ name, text: text2 }) => `${name} ${text2}`).join(" · ");
}
function makeMeasure({ name, text: text2, tip }) {
  return h("span", { "data-tip": tip }, `${name} `, h("b", {}, text2));
}

// javascript/retouch/panels/variations.mjs
var THUMB = 144;
var VariationStrip = class {
  /** @param {import("../studio.mjs").Studio} studio */
  constructor({ store, settings, inpaintJobs, view }) {
    Object.assign(this, { store, settings, inpaintJobs, view });
    this.thumbs = h("div", {
      class: "rt-thumbs",
      role: "listbox",
      "aria-label": text("variations.label"),
      "aria-orientation": "horizontal"
    });
    this.count = h("span", { class: "rt-count", "aria-live": "polite" });
    this.measures = h("div", { class: "rt-measures", "data-testid": "measures" });
    this.more = this.#makeButton(
      "add",
      text("variations.more"),
      () => inpaintJobs.paintMore(),
      "more",
      text("variations.more.tip")
    );
    const tools = h(
      "div",
      { class: "rt-strip-tools", "data-own-keys": "" },
      iconButton("chevron", text("variations.previous"), () => this.step(-1), {
        key: "←",
        class: "rt-icon-button rt-flip",
        "data-testid": "previous"
      }),
      this.count,
      iconButton("chevron", text("variations.next"), () => this.step(1), { key: "→", "data-testid": "next" }),
      this.more,
      this.#makeButton(
        "close",
        text("variations.discard"),
        () => this.discard(),
        "discard",
        text("variations.discard.tip")
      ),
      this.#makeButton(
        "check",
        text("variations.keep"),
        () => this.keep(),
        "keep",
        text("variations.keep.tip"),
        "rt-primary"
      )
    );
    this.warnings = h("ul", {
      class: "rt-offer-warnings",
      "aria-label": text("variations.warnings"),
      "data-testid": "offer-warnings"
    });
    const parts = [this.thumbs, tools, this.measures, this.warnings];
    this.element = h("div", { class: "rt-strip", hidden: true, "data-testid": "results" }, parts);
    store.addEventListener("change", () => this.update());
    inpaintJobs.addEventListener("jobs", () => this.more.disabled = inpaintJobs.busy);
    this.update();
  }
  #makeButton(name, label, press, testid, tip, extra = "") {
    return h(
      "button",
      { type: "button", class: `rt-button ${extra}`, "data-testid": testid, "data-tip": tip, onclick: press },
      icon(name),
      label
    );
  }
  get variations() {
    return variationsOf(this.store.doc);
  }
  step(by) {
    if (this.variations) {
      this.choose(this.variations.chosen + by);
    }
  }
  choose(index) {
    this.store.amend(chooseVariation(this.store.doc, index));
  }
  keep() {
    if (this.variations) {
      const { name, intent } = chosenJob(this.variations);
      this.store.do(text("variations.kept", { name }), keepVariation(this.store.doc));
      if (intent) {
        this.settings.set({ prompt: "" });
      }
    }
  }
  discard() {
    if (this.variations) {
      this.store.do(text("variations.discard"), clearVariations(this.store.doc));
    }
  }
  update() {
    const { variations } = this;
    this.element.hidden = !variations;
    this.view.preview = variations ? variations.candidates[variations.chosen] : null;
    this.#hideMask(variations !== null);
    if (!variations) {
      this.drawnCandidates = null;
      return;
    }
    const job = chosenJob(variations);
    this.more.hidden = !job.parts?.length;
    this.measures.replaceChildren(...listMeasures(variations.candidates[variations.chosen].scores).map(makeMeasure));
    this.#showWarnings(job.warnings ?? []);
    this.count.textContent = text("variations.count", { number: variations.chosen + 1, count: variations.candidates.length });
    if (this.drawnCandidates !== variations.candidates) {
      this.drawnCandidates = variations.candidates;
      this.thumbs.replaceChildren(...variations.candidates.map((candidate, index) => this.#makeThumb(candidate, index)));
    }
    [...this.thumbs.children].forEach((thumb, index) => {
      thumb.setAttribute("aria-selected", index === variations.chosen);
      thumb.tabIndex = index === variations.chosen ? 0 : -1;
    });
    this.thumbs.children[variations.chosen].scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  #showWarnings(warnings) {
    this.warnings.hidden = !warnings.length;
    this.warnings.replaceChildren(...warnings.map((text2) => h("li", {}, icon("warn"), h("span", {}, text2))));
  }
  /** Hides the mask overlay while there are variations, and shows it again if it was shown before. */
  #hideMask(on) {
    if (on && this.wasMaskShown === void 0) {
      this.wasMaskShown = this.view.overlay.show;
      this.view.overlay = { show: false };
    } else if (!on && this.wasMaskShown !== void 0) {
      this.view.overlay = { show: this.wasMaskShown };
      this.wasMaskShown = void 0;
    }
  }
  #makeThumb(candidate, index) {
    const { doc } = this.store;
    const around = Math.round(Math.max(candidate.patch.width, candidate.patch.height) * 0.15) + 8;
    const box = overlap(growBox(candidate.box, around), doc.base.box);
    const steps = [...doc.steps.filter(({ on }) => on), candidate];
    const small = makeThumbnail(composeBox(doc.base, steps, box), THUMB);
    const canvas = h("canvas", { width: small.width, height: small.height, "aria-hidden": "true" });
    canvas.getContext("2d").putImageData(new ImageData(small.data, small.width, small.height), 0, 0);
    return h(
      "button",
      {
        type: "button",
        role: "option",
        class: "rt-thumb",
        "aria-label": text("variations.one", { number: index + 1, seed: candidate.seed }),
        "data-testid": "variation",
        "data-tip": [text("seed.of", { seed: candidate.seed }), describeScores(candidate.scores)].filter(Boolean).join(" · "),
        onclick: () => this.choose(index)
      },
      canvas
    );
  }
};

// javascript/retouch/server/segmentation.mjs
var WAIT_MS5 = 60;
function readRegions(answer) {
  const read = async ({ mask, box, label = "", score }) => ({
    mask: await Mask.fromPng(mask, boxOfList(box)),
    label,
    score
  });
  return Promise.all(answer.masks.map(read));
}
var SegmentJobs = class {
  #running = /* @__PURE__ */ new Map();
  /** @param {import("../studio.mjs").Studio} studio */
  constructor({ api, settings }) {
    Object.assign(this, { api, settings });
  }
  /**
   * Segments what clicks and box point at. Null where a later prompt of the same `key` replaced this one.
   *
   * @returns {Promise<{regions: {mask: Mask, label: string, score: number}[], memory: string, warnings: string[]} | null>}
   */
  segmentAt(doc, key, { clicks, box, memory = "" }) {
    const points = clicks.filter(({ on }) => on !== false).map(({ x, y, positive }) => ({ x: Math.floor(x), y: Math.floor(y), positive }));
    return this.#segment(doc, key, { points, box: box ? listOfBox(box) : null, memory });
  }
  segmentText(doc, text2) {
    return this.#segment(doc, "text", { text: text2 });
  }
  segmentEverything(doc) {
    return this.#segment(doc, "everything", { everything: true });
  }
  /** Aborts the request of `key`. */
  cancel(key) {
    this.#running.get(key)?.abort();
    this.#running.delete(key);
  }
  async #segment(doc, key, prompt) {
    this.cancel(key);
    const asking = new AbortController();
    this.#running.set(key, asking);
    try {
      await pause(WAIT_MS5);
      asking.signal.throwIfAborted();
      const body = {
        ...prompt,
        segmenter: this.settings.get("segmenter"),
        refine_edges: this.settings.get("refine_edges")
      };
      const answer = await retryWhenOnline(
        this.api,
        () => this.api.postWithPicture(pickSentPicture(doc), "segment", body, asking.signal)
      );
      asking.signal.throwIfAborted();
      return { regions: await readRegions(answer), memory: answer.memory ?? "", warnings: answer.warnings ?? [] };
    } catch (error) {
      if (error.name === "AbortError") {
        return null;
      }
      throw error;
    } finally {
      if (this.#running.get(key) === asking) {
        this.#running.delete(key);
      }
    }
  }
};
function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

// javascript/retouch/panels/outpaint-stages.mjs
var THUMB2 = 72;
var FORGOTTEN = text("stages.forgotten");
var OutpaintStages = class {
  /** @param {import("../studio.mjs").Studio} studio */
  constructor({ store, view, outpaintJobs, inpaintJobs, outpaintPlan }) {
    Object.assign(this, { store, view, outpaintJobs, inpaintJobs, outpaintPlan });
    this.list = h("ul", { class: "rt-list rt-stages", "aria-label": text("stages.title") });
    this.goOn = h(
      "button",
      { type: "button", class: "rt-button", "data-testid": "go-on", onclick: () => outpaintJobs.paintRest() },
      icon("skip"),
      text("stages.goOn")
    );
    this.forgotten = h("p", { class: "rt-hint" }, FORGOTTEN);
    this.element = makeSection("stages", text("stages.title"), [this.list, this.goOn, this.forgotten]);
    store.addEventListener("change", () => this.update());
    inpaintJobs.addEventListener("jobs", () => this.update());
    outpaintJobs.addEventListener("gone", () => this.update());
    view.addEventListener("tool", () => this.update());
    this.update();
  }
  /** Does nothing while another tool is active: the panel is hidden then. */
  update() {
    if (this.view.tool !== "extend") {
      return;
    }
    const record = extensionOf(this.store.doc);
    const stages = record?.stages ?? [];
    this.element.hidden = !record;
    this.usable = this.outpaintJobs.isAvailable && !this.inpaintJobs.busy;
    this.goOn.hidden = stages.every(({ done }) => done);
    this.goOn.disabled = !this.usable;
    this.forgotten.hidden = !record || this.outpaintJobs.isAvailable;
    this.outpaintPlan.highlight(null);
    syncChildren(this.list, stages, {
      key: ({ number }) => number,
      make: (stage) => this.#makeRow(stage),
      update: (row, stage) => this.#fill(row, stage, record)
    });
  }
  #makeRow({ number }) {
    const canvas = h("canvas", { class: "rt-stage-thumb", "aria-hidden": "true" });
    const name = h("b", { class: "rt-stage-name" });
    const needed = h("span", { class: "rt-area" });
    const status = h("span", { class: "rt-area" });
    const again = iconButton("again", "", () => this.outpaintJobs.repaintStage(number), { "data-testid": "again" });
    const revert = iconButton("undo", "", () => this.outpaintJobs.revertStage(number), { "data-testid": "revert" });
    const level = h("button", { type: "button", class: "rt-level", "data-testid": "stage-variation" });
    level.addEventListener("click", () => this.outpaintJobs.chooseVariation(number, nextCandidateNumber(row.stage)));
    const words = h("div", { class: "rt-stage-words" }, h("span", {}, name, needed), status);
    const parts = [canvas, words, level, again, revert];
    const row = h("li", { "data-testid": "stage-row" }, h("div", { class: "rt-row" }, parts));
    row.parts = { canvas, name, needed, status, level, again, revert };
    const highlight = (on) => () => this.outpaintPlan.highlight(on ? row.stage : null);
    ["pointerenter", "focusin"].forEach((type) => row.addEventListener(type, highlight(true)));
    ["pointerleave", "focusout"].forEach((type) => row.addEventListener(type, highlight(false)));
    return row;
  }
  #fill(row, stage, record) {
    const { canvas, level, again, revert } = row.parts;
    if (row.stage !== stage) {
      row.stage = stage;
      row.classList.toggle("rt-undone", !stage.done);
      this.#describe(row.parts, stage, record);
    }
    level.disabled = again.disabled = revert.disabled = !this.usable || !stage.done;
    this.#draw(canvas, stage, record);
  }
  #describe({ name, needed, status, level, again, revert }, stage, record) {
    const upon = listDependents(record.stages, stage.number);
    const along = listPaintedDependents(record.stages, stage.number);
    const others = along.length ? text("stages.along", { stages: joinNumbers(along) }) : "";
    name.textContent = `${stage.number} · ${stage.side}`;
    needed.textContent = upon.length ? text("stages.neededBy", { stages: upon.join(", ") }) : "";
    status.textContent = describeStage(stage, this.#boxInPicture(stage, record));
    level.hidden = !stage.done || (stage.candidates?.length ?? 0) < 2;
    level.textContent = `${stage.chosen ?? "–"}/${stage.candidates?.length}`;
    setLabel(level, text(upon.length ? "stages.nextLater" : "stages.next", { number: stage.number }));
    setLabel(again, text("stages.again", { number: stage.number, others }));
    setLabel(revert, text("stages.revert", { number: stage.number, others }));
  }
  /** Where the picture shows it; empty for a stage whose strip is not whole yet. */
  #boxInPicture(stage, record) {
    return overlap(boxOnBase(record, stage.box), boxOfSize(this.store.doc.base));
  }
  /** What the picture shows of it now. */
  #draw(canvas, stage, record) {
    const { base, steps } = this.store.doc;
    const box = this.#boxInPicture(stage, record);
    if (canvas.drawn === steps && canvas.of === base) {
      return;
    }
    const blank = !stage.done || isEmpty(box);
    const on = steps.filter((step) => step.on);
    const small = blank ? { width: 1, height: 1 } : makeThumbnail(composeBox(base, on, box), THUMB2);
    Object.assign(canvas, { drawn: steps, of: base, width: small.width, height: small.height });
    canvas.classList.toggle("rt-blank", blank);
    if (!blank) {
      canvas.getContext("2d").putImageData(new ImageData(small.data, small.width, small.height), 0, 0);
    }
  }
};
function describeStage({ done, seed }, box) {
  if (!done) {
    return text("stages.unpainted");
  }
  return isEmpty(box) ? text("stages.waits") : text("stages.seed", { seed });
}
function nextCandidateNumber({ chosen, candidates }) {
  return (chosen ?? 0) % candidates.length + 1;
}
function setLabel(button, label) {
  button.setAttribute("aria-label", label);
  button.dataset.tip = label;
}

// javascript/retouch/panels/status-bar.mjs
var PLAN_WAIT_MS = 600;
var COARSE = text("status.coarse");
var StatusBar = class {
  /** @param {import("../studio.mjs").Studio} studio */
  constructor({ store, view, inpaintJobs, settings, commands, requestPlan: requestPlan2 }) {
    Object.assign(this, { store, view, inpaintJobs, settings, requestPlan: requestPlan2 });
    this.size = h("span", { "data-testid": "size" });
    this.cursor = h("span", { class: "rt-cursor" });
    this.ghost = h("span", { class: "rt-plan", "data-testid": "plan", role: "status" });
    this.zoom = h("button", {
      type: "button",
      class: "rt-zoom",
      "aria-label": text("status.zoom"),
      "data-tip": text("status.zoom.tip"),
      "data-testid": "zoom",
      onclick: commands.fitView
    });
    const zoom = h(
      "div",
      { class: "rt-group" },
      h(
        "button",
        {
          type: "button",
          class: "rt-icon-button",
          "aria-label": text("status.zoomOut"),
          "data-tip": text("status.zoomOut.tip"),
          onclick: () => commands.zoomBy(1 / 1.25)
        },
        "−"
      ),
      this.zoom,
      h(
        "button",
        {
          type: "button",
          class: "rt-icon-button",
          "aria-label": text("status.zoomIn"),
          "data-tip": text("status.zoomIn.tip"),
          onclick: () => commands.zoomBy(1.25)
        },
        "+"
      ),
      iconButton("fit", text("status.fit"), commands.fitView, { key: "F" })
    );
    this.element = h(
      "section",
      { class: "rt-status", "aria-label": text("status.label") },
      this.size,
      this.cursor,
      this.ghost,
      zoom
    );
    this.loadPlan = debounce(() => this.#loadPlan(), PLAN_WAIT_MS);
    store.addEventListener("change", () => this.update());
    view.addEventListener("zoom", () => this.#showZoom());
    view.addEventListener("cursor", (event) => this.#showCursor(event.detail));
    this.update();
  }
  update() {
    const { base } = this.store.doc;
    this.size.textContent = base ? `${base.width} × ${base.height}` : text("status.none");
    this.#showZoom();
    this.updatePlan();
  }
  /** Requests the plan anew, after a change of mask or settings. */
  updatePlan() {
    this.pendingRequest?.abort();
    this.loadPlan.cancel();
    this.view.inverted = this.isInverted() ? { planned: null } : null;
    const idle = this.store.doc.base && !this.store.doc.variations && !this.inpaintJobs.busy;
    if (idle) {
      this.loadPlan();
    } else {
      this.#showPlan(null);
    }
  }
  /** Whether all that is not masked is repainted, and something is masked. */
  isInverted() {
    const { doc } = this.store;
    return this.settings.get("invert") && doc.base !== null && doc.objects.some(({ use, mask }) => use && mask.width);
  }
  #showZoom() {
    this.zoom.textContent = `${Math.round(this.view.scale * 100)} %`;
  }
  #showCursor(place) {
    this.cursor.textContent = place ? `${Math.floor(place.x)}, ${Math.floor(place.y)}` : "";
  }
  async #loadPlan() {
    this.pendingRequest = new AbortController();
    const { signal } = this.pendingRequest;
    const plan = await this.requestPlan(signal).catch(() => null);
    const planned = plan?.steps?.some(({ mask }) => mask) ? await uniteComposites(plan.steps) : null;
    if (!signal.aborted) {
      this.#showPlan(plan, planned);
    }
  }
  /** Crop and work size of the first step; the canvas shows all of them. */
  #showPlan(plan, planned = null) {
    const step = plan?.steps?.[0];
    this.view.ghost = plan?.steps ?? null;
    this.view.inverted = this.isInverted() ? { planned } : null;
    const warning = step ? describeWarning(plan) : "";
    this.ghost.classList.toggle("rt-warns", warning !== "");
    if (!step) {
      this.ghost.replaceChildren();
      return;
    }
    const [left, top, right, bottom] = step.crop;
    const grown = step.magnification ?? step.work[0] / (right - left);
    const size = `${right - left} × ${bottom - top} → ${step.work[0]} × ${step.work[1]}  (${grown.toFixed(2)} ×)`;
    const words = [size, ...describeTime(plan)].join(", ");
    this.ghost.title = warning || text("status.plan.tip");
    this.ghost.replaceChildren(
      icon(warning ? "warn" : "refine"),
      h("span", {}, words),
      warning ? h("span", { class: "rt-warning" }, warning) : ""
    );
  }
};
async function uniteComposites(steps) {
  const masks = await Promise.all(steps.map(({ mask, crop }) => Mask.fromPng(mask, boxOfList(crop))));
  return masks.reduce((sum, mask) => sum.union(mask), NOTHING);
}
function describeTime({ seconds }) {
  return Number.isFinite(seconds) ? [text("status.time", { time: formatDuration(seconds) })] : [];
}
function describeWarning({ steps, warnings = [] }) {
  const coarse = !warnings.length && steps.some((step) => step.under_resolved);
  return coarse ? COARSE : warnings.join(" ");
}

// javascript/retouch/panels/step-row.mjs
var FOR_GOOD = text("step.forGood");
var StepRow = class {
  /**
   * @param {import("./steps.mjs").StepsPanel} panel
   * @param {string} id of the step
   */
  constructor(panel, id) {
    Object.assign(this, { panel, id, isAsking: false });
    this.number = h("span", { class: "rt-step-number", "aria-hidden": "true" });
    this.on = h("input", {
      type: "checkbox",
      "aria-label": text("step.on"),
      "data-tip": text("step.on.tip"),
      onchange: () => this.#change(text("step.switch"), toggleStep(this.doc, id))
    });
    this.name = h("input", {
      type: "text",
      class: "rt-name",
      "aria-label": text("step.name"),
      oninput: ({ target }) => this.#change(text("step.rename"), renameStep(this.doc, id, target.value), `step-${id}`)
    });
    this.level = this.#makeLevelButton();
    this.again = iconButton("again", text("step.again"), () => this.#pressAgain(), { "data-testid": "step-again" });
    this.reopen = iconButton("history", text("step.reopen.label"), () => panel.reopen(this.step), {
      "data-testid": "reopen"
    });
    this.measures = h("div", { class: "rt-measures" });
    this.under = h("div", { class: "rt-under", "data-testid": "upon-it" });
    this.choice = h("div", { class: "rt-choice", role: "group", "aria-label": text("step.choice") });
    this.element = this.#build();
  }
  get doc() {
    return this.panel.store.doc;
  }
  get step() {
    return this.doc.steps.find(({ id }) => id === this.id);
  }
  #change(label, doc, merge = null) {
    this.panel.store.do(label, doc, { merge });
  }
  #makeLevelButton() {
    const next = () => this.panel.repaintJobs.chooseVariation(this.step, this.step.chosen + 1);
    const props = { class: "rt-level", "data-tip": text("step.next"), "data-testid": "step-variation" };
    return h("button", { type: "button", ...props, onclick: next });
  }
  #build() {
    const remove = () => this.#change(text("step.delete"), removeStep(this.doc, this.id));
    const gone = iconButton("close", text("step.delete.label"), remove);
    const parts = [this.number, this.on, this.name, this.level, this.again, this.reopen, gone];
    const row = h("div", { class: "rt-row" }, parts);
    return h("li", { "data-testid": "step" }, row, this.measures, this.under, this.choice);
  }
  update(step) {
    const { steps } = this.doc;
    const later = listStepsUpon(steps, this.id);
    const numbers = later.map((other) => steps.indexOf(other) + 1);
    this.number.textContent = steps.indexOf(step) + 1;
    this.on.checked = step.on;
    this.element.classList.toggle("rt-off", !step.on);
    setValue(this.name, step.name);
    this.measures.textContent = describeReport(step);
    this.under.textContent = later.length ? text("step.upon", { steps: joinNumbers(numbers) }) : "";
    this.reopen.hidden = !step.asked?.width;
    this.#showLevel(step);
    this.#showChoices(step, later);
  }
  #showLevel({ paintings = [], chosen }) {
    this.level.hidden = paintings.length < 2;
    if (this.level.hidden) {
      return;
    }
    this.level.textContent = `${chosen + 1}/${paintings.length}`;
    setAttribute(this.level, "aria-label", text("step.variation", { number: chosen + 1, count: paintings.length }));
  }
  /** A step of which it is not known how it was painted is not painted again: it can be reopened. */
  #showChoices({ how }, later) {
    const those = later.filter((step) => step.how);
    const numbers = joinNumbers(those.map((step) => this.doc.steps.indexOf(step) + 1));
    this.choices = how || numbers ? { itself: Boolean(how), those: numbers } : null;
    this.again.hidden = !this.choices;
    this.again.disabled = this.panel.inpaintJobs.busy;
    this.isAsking &&= Boolean(this.choices?.those) && !this.panel.inpaintJobs.busy;
    setAttribute(this.again, "aria-expanded", this.isAsking);
    this.choice.hidden = !this.isAsking;
    this.choice.replaceChildren(...this.isAsking ? this.#makeChoiceButtons() : []);
  }
  #pressAgain() {
    if (!this.choices.those) {
      return this.panel.repaintJobs.repaint(this.id);
    }
    this.isAsking = !this.isAsking;
    this.update(this.step);
  }
  #makeChoiceButtons() {
    const { repaintJobs } = this.panel;
    const { itself, those } = this.choices;
    const choices = [
      [text("step.again.alone"), text("step.again.alone.tip"), () => repaintJobs.repaint(this.id)],
      [
        text("step.again.then", { steps: those }),
        text("step.again.then.tip"),
        () => repaintJobs.repaint(this.id, true)
      ],
      [text("step.again.only", { steps: those }), text("step.again.only.tip"), () => repaintJobs.repaintUpon(this.id)]
    ];
    return (itself ? choices : choices.slice(2)).map(
      ([label, tip, press]) => h("button", { type: "button", class: "rt-button", "data-tip": tip, onclick: () => this.#closeChoices(press) }, label)
    );
  }
  #closeChoices(press) {
    this.isAsking = false;
    press();
  }
};
function describeReport({ report: { seed, scores } = {}, how }) {
  const words = [seed === void 0 ? "" : text("seed.of", { seed }), describeScores(scores), how ? "" : FOR_GOOD];
  return words.filter(Boolean).join(" · ");
}

// javascript/retouch/panels/steps.mjs
var SETTINGS_FIELDS = ["prompt", "negative_prompt", "seed", "variations", "invert"];
var StepsPanel = class {
  #rows = /* @__PURE__ */ new WeakMap();
  /** @param {import("../studio.mjs").Studio} studio */
  constructor({ store, settings, inpaintJobs, repaintJobs }) {
    Object.assign(this, { store, settings, inpaintJobs, repaintJobs });
    this.list = h("ul", { class: "rt-list rt-steps", "aria-label": text("steps.label") });
    this.empty = h(
      "p",
      { class: "rt-hint" },
      text("steps.empty")
    );
    this.element = makeSection("history", text("steps.title"), [this.empty, this.list]);
    store.addEventListener("change", () => this.update());
    inpaintJobs.addEventListener("jobs", () => this.update());
    this.update();
  }
  update() {
    const { steps } = this.store.doc;
    this.empty.hidden = steps.length > 0;
    const rows = [...steps].reverse();
    syncChildren(this.list, rows, {
      key: ({ id }) => id,
      make: ({ id }) => this.#makeRow(id),
      update: (element, step) => this.#rows.get(element).update(step)
    });
  }
  #makeRow(id) {
    const row = new StepRow(this, id);
    this.#rows.set(row.element, row);
    return row.element;
  }
  /** The step off, its mask an object, its request in the settings: as before it was painted. */
  reopen(step) {
    const { intent, ...fields } = step.request ?? {};
    const placed = Object.fromEntries(SETTINGS_FIELDS.filter((name) => name in fields).map((name) => [name, fields[name]]));
    const moved = Object.fromEntries(
      Object.entries(fields).filter(([name]) => !SETTINGS_FIELDS.includes(name) && name !== "object")
    );
    if (intent) {
      this.settings.set({
        ...placed,
        intent,
        overrides: { ...this.settings.get("overrides"), [intent]: flatten(moved) }
      });
    }
    this.store.do(text("step.reopen"), reopenStep(this.store.doc, step));
  }
};

// javascript/retouch/ui/theme.mjs
var KEY7 = "retouch-theme";
function followTheme(root, host, changed = () => {
}) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const theme = wantedTheme(host, system);
    if (root.dataset.theme !== theme) {
      root.dataset.theme = theme;
      changed(theme);
    }
  };
  system.addEventListener("change", apply);
  const watcher = new MutationObserver(apply);
  if (host === "webui") {
    watcher.observe(document.body, { attributes: true, attributeFilter: ["class"] });
  }
  apply();
  return {
    toggle() {
      localStorage.setItem(KEY7, root.dataset.theme === "dark" ? "light" : "dark");
      apply();
    },
    stop() {
      watcher.disconnect();
      system.removeEventListener("change", apply);
    }
  };
}
function wantedTheme(host, system) {
  if (host === "webui") {
    return document.body.classList.contains("dark") ? "dark" : "light";
  }
  return localStorage.getItem(KEY7) ?? (system.matches ? "dark" : "light");
}

// javascript/retouch/panels/toolbar.mjs
var Toolbar = class {
  /** @param {import("../studio.mjs").Studio} studio */
  constructor({ view, commands }) {
    this.view = view;
    this.buttons = TOOLS.map(
      (tool) => iconButton(tool.icon, tool.label, () => commands.setTool(tool.name), {
        key: tool.key,
        "data-tool": tool.name,
        "data-testid": `tool-${tool.name}`
      })
    );
    this.swap = iconButton("swap", text("toolbar.swap"), () => commands.swapAddSubtract(), { key: "X", "data-testid": "swap" });
    const bar = h(
      "div",
      {
        class: "rt-toolbar",
        role: "toolbar",
        "aria-label": text("toolbar.label"),
        "aria-orientation": "vertical"
      },
      this.buttons,
      h("hr", {}),
      this.swap
    );
    bar.addEventListener("keydown", (event) => this.#moveFocus(event));
    this.element = h("nav", { class: "rt-tools", "aria-label": text("toolbar.label") }, bar);
    this.update();
  }
  /** Arrow keys move the focus along the bar. */
  #moveFocus(event) {
    const all = [...this.buttons, this.swap];
    const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (by) {
      event.preventDefault();
      event.stopPropagation();
      all[(all.indexOf(document.activeElement) + by + all.length) % all.length].focus();
    }
  }
  update() {
    this.buttons.forEach((button) => setAttribute(button, "aria-pressed", button.dataset.tool === this.view.tool));
    setAttribute(this.swap, "aria-pressed", Boolean(this.view.subtracting));
    this.swap.dataset.tip = this.view.subtracting ? text("toolbar.subtracting") : text("toolbar.adding");
  }
};
var ToolOptions = class {
  /** @param {import("../studio.mjs").Studio} studio */
  constructor({ view, commands, settings }) {
    Object.assign(this, { view, commands, settings });
    this.hint = h("span", { class: "rt-tool-hint" });
    this.text = h("input", {
      type: "text",
      class: "rt-text-prompt",
      placeholder: text("find.hint"),
      "aria-label": text("find.label"),
      "data-testid": "text-prompt"
    });
    const form = h(
      "form",
      { class: "rt-text-form", role: "search" },
      this.text,
      h(
        "button",
        { type: "submit", class: "rt-button", "data-testid": "find" },
        icon("find"),
        text("find.button")
      )
    );
    form.addEventListener("submit", (event) => (event.preventDefault(), commands.findByText(this.text.value)));
    this.segmenter = h("select", {
      "aria-label": text("segmenter.label"),
      "data-tip": text("segmenter.tip"),
      hidden: true,
      "data-testid": "segmenter",
      onchange: (e) => settings.set({ segmenter: e.target.value })
    });
    const fine = h("input", {
      type: "checkbox",
      checked: settings.get("refine_edges"),
      "data-testid": "refine-edges",
      onchange: (e) => settings.set({ refine_edges: e.target.checked })
    });
    const snap = h(
      "label",
      { class: "rt-check", "data-tip": text("segmenter.fine.tip") },
      fine,
      text("segmenter.fine")
    );
    this.pointingOptions = h("div", { class: "rt-options" }, snap, this.segmenter, form);
    this.brushOptions = this.#makeBrushOptions();
    this.element = h(
      "div",
      { class: "rt-tool-options", role: "group", "aria-label": text("toolbar.options") },
      this.hint,
      this.pointingOptions,
      this.brushOptions
    );
    this.update();
  }
  /** Which segmenters are installed, as the server lists them; no choice is shown where there is none. */
  setSegmenters(segmenters) {
    const here = segmenters.filter(({ installed }) => installed);
    const chosen = here.some(({ name }) => name === this.settings.get("segmenter")) ? this.settings.get("segmenter") : "";
    this.settings.set({ segmenter: chosen });
    const best = h("option", { value: "" }, text("segmenter.best"));
    this.segmenter.replaceChildren(
      best,
      ...here.map(({ name }) => h("option", { value: name, selected: name === chosen }, name))
    );
    this.segmenter.hidden = here.length < 2;
  }
  #makeBrushOptions() {
    this.inputs = {
      size: this.#makeRange("size", text("brush.size"), 1, 512, (v) => `${Math.round(v)} px`, 1),
      hardness: this.#makeRange("hardness", text("brush.hardness"), 0, 100, (v) => `${Math.round(v * 100)} %`, 100),
      opacity: this.#makeRange("opacity", text("brush.opacity"), 1, 100, (v) => `${Math.round(v * 100)} %`, 100)
    };
    this.colour = h("input", {
      type: "color",
      "aria-label": text("brush.colour"),
      "data-testid": "colour",
      oninput: (e) => this.commands.setBrush({ colour: e.target.value })
    });
    return h(
      "div",
      { class: "rt-options" },
      this.colour,
      Object.values(this.inputs).map(({ element }) => element)
    );
  }
  #makeRange(name, label, min, max2, say, scale) {
    const input = h("input", {
      type: "range",
      min,
      max: max2,
      "aria-label": label,
      "data-testid": `brush-${name}`,
      oninput: () => this.commands.setBrush({ [name]: Number(input.value) / scale })
    });
    const output = h("output", {});
    const show = (value) => {
      input.value = value * scale;
      output.textContent = say(value);
      input.setAttribute("aria-valuetext", say(value));
    };
    return { element: h("label", { class: "rt-option" }, h("span", {}, label), input, output), show };
  }
  update() {
    const { tool, brush } = this.view;
    const { tip, options } = TOOLS.find(({ name }) => name === tool);
    this.hint.textContent = tip;
    this.pointingOptions.hidden = !options.includes("pointing");
    this.brushOptions.hidden = !options.includes("brush");
    this.colour.hidden = !options.includes("colour");
    this.colour.value = brush.colour;
    Object.entries(this.inputs).forEach(([name, { show }]) => show(brush[name]));
  }
};

// javascript/retouch/ui/tooltip.mjs
var WAIT_MS6 = 450;
var GAP2 = 7;
function attachTooltips(root) {
  const tip = h("div", { class: "rt-tip", "aria-hidden": "true", hidden: true });
  root.append(tip);
  let timer = 0;
  const hide = () => {
    clearTimeout(timer);
    tip.hidden = true;
  };
  const show = (target) => {
    tip.textContent = target.dataset.tip;
    tip.hidden = false;
    placeTip(tip, target, root);
  };
  const onPoint = (event) => {
    hide();
    const target = event.target.closest?.("[data-tip]");
    if (target && (event.type === "pointerover" || target.matches(":focus-visible"))) {
      timer = setTimeout(() => target.isConnected && show(target), WAIT_MS6);
    }
  };
  const listeners = [
    ["pointerover", onPoint],
    ["focusin", onPoint],
    ["pointerdown", hide],
    ["keydown", hide],
    ["pointerleave", hide]
  ];
  listeners.forEach(([name, listener]) => root.addEventListener(name, listener, true));
  return () => listeners.forEach(([name, listener]) => root.removeEventListener(name, listener, true));
}
function placeTip(tip, target, root) {
  const [to, own, all] = [target, tip, root].map((node) => node.getBoundingClientRect());
  const beside = target.closest('[aria-orientation="vertical"]');
  const below = to.bottom + GAP2 + own.height < all.bottom;
  const left = beside ? to.right + GAP2 : to.left + (to.width - own.width) / 2;
  const top = beside ? to.top + (to.height - own.height) / 2 : below ? to.bottom + GAP2 : to.top - GAP2 - own.height;
  const within = Math.min(Math.max(left, all.left + 4), all.right - own.width - 4);
  tip.style.translate = `${Math.round(within - all.left - root.clientLeft)}px ${Math.round(top - all.top - root.clientTop)}px`;
}

// javascript/retouch/ui/update-notes.mjs
var KEY8 = "retouch-version";
var PREFIX = "retouch-";
function showUpdateNotes(version, notices, storage = globalThis.localStorage) {
  const seen = storage?.getItem(KEY8);
  if (!storage || seen === version || version !== text("update.version")) {
    return;
  }
  const isUpdate = Object.keys(storage).some((key) => key.startsWith(PREFIX));
  storage.setItem(KEY8, version);
  if (isUpdate) {
    notices.say(text("update.notes"), "lasting");
  }
}

// javascript/retouch/canvas/camera.mjs
var Camera = class {
  #size;
  #onMove;
  #fittedBox;
  #viewport = viewportOf(1, 1);
  #fits = true;
  /**
   * @param {() => import("../geometry/box.mjs").Size | null} size the picture's; without one nothing moves
   * @param {(zoomed: boolean) => void} onMove called after every move
   * @param {() => import("../geometry/box.mjs").Box} [fittedBox] what a fit shows, in picture pixels; the picture
   */
  constructor(size, onMove, fittedBox = () => boxOfSize(size())) {
    this.#size = size;
    this.#onMove = onMove;
    this.#fittedBox = fittedBox;
  }
  /** @returns {import("../geometry/viewport.mjs").Viewport} */
  get viewport() {
    return this.#viewport;
  }
  /** The picture's point in the middle. */
  get middle() {
    return toPicture(this.#viewport, this.#viewport.width / 2, this.#viewport.height / 2);
  }
  /** The whole picture; it stays whole when the view gets another size, until something else moves it. */
  fit() {
    this.#apply((view) => fitViewport(view, this.#fittedBox()));
    this.#fits = true;
  }
  /** Fit once more, if nothing else has moved it since: there is another room. */
  refit() {
    if (this.#fits) {
      this.fit();
    }
  }
  /** Around a point of the view. */
  scaleBy(factor, x, y) {
    this.#apply((view, size) => zoomViewport(view, size, view.scale * factor, x, y));
  }
  pan(dx, dy) {
    if (dx || dy) {
      this.#apply((view, size) => panViewport(view, size, dx, dy));
    }
  }
  /** Brings a picture point into sight. */
  reveal(point) {
    this.#apply((view, size) => revealPoint(view, size, point));
  }
  resize(width, height) {
    const fits = this.#fits;
    if (!this.#size()) {
      this.#viewport = Object.freeze({ ...this.#viewport, width, height });
      this.#onMove(false);
    } else if (fits) {
      this.#viewport = Object.freeze({ ...this.#viewport, width, height });
      this.fit();
    } else {
      this.#apply((view, size) => resizeViewport(view, size, width, height));
    }
  }
  #apply(move) {
    const size = this.#size();
    if (size) {
      const before = this.#viewport;
      this.#viewport = move(before, size);
      this.#fits = false;
      this.#onMove(before.scale !== this.#viewport.scale);
    }
  }
};

// javascript/retouch/canvas/compare-panes.mjs
function panesOf(view, { mode, at }) {
  const all = boxOfSize(view);
  const split = mode === "slider" ? Math.round(view.width * Math.min(Math.max(at, 0), 1)) : Math.round(view.width / 2);
  const left = boxOf(0, 0, split, view.height);
  const right = boxOf(split, 0, view.width, view.height);
  switch (mode) {
    case "before":
      return [{ view, clip: all, side: "before" }];
    case "slider":
      return [
        { view, clip: left, side: "before" },
        { view, clip: right, side: "after" }
      ];
    case "side": {
      const quarter = Math.round(view.width / 4);
      return [
        { view: { ...view, x: view.x - quarter }, clip: left, side: "before" },
        { view: { ...view, x: view.x + quarter }, clip: right, side: "after" }
      ];
    }
    default:
      return [{ view, clip: all, side: "after" }];
  }
}
function paneAt(view, compare, x, y) {
  const panes = panesOf(view, compare);
  return panes.find(({ clip }) => contains(clip, x, y)) ?? panes[panes.length - 1];
}

// javascript/retouch/canvas/pointer-input.mjs
var LEFT = 0;
var MIDDLE = 1;
var RIGHT = 2;
var PEN_END = 32;
var LINE_PX = 16;
var PAGE_PX = 400;
var WHEEL_SPEED = 15e-4;
var PINCH_SPEED = 0.01;
var DIVIDER = 8;
var PointerInput = class {
  #view;
  #canvas;
  #gesture = null;
  #fingers = /* @__PURE__ */ new Map();
  #space = false;
  /** @param {import("./canvas-view.mjs").CanvasView} view */
  constructor(canvas, view, signal) {
    this.#view = view;
    this.#canvas = canvas;
    const on = (type, listener, options = {}) => canvas.addEventListener(type, listener.bind(this), { signal, ...options });
    on("pointerdown", this.#down);
    on("pointermove", this.#move);
    on("pointerup", this.#up);
    on("pointercancel", this.#cancel);
    on("pointerleave", this.#leave);
    on("dblclick", this.#doubleClick);
    on("wheel", this.#wheel, { passive: false });
    on("contextmenu", (event) => event.preventDefault());
  }
  /** While Space is down a drag moves the picture. */
  set space(isDown) {
    this.#space = isDown;
    this.#canvas.style.cursor = isDown ? "grab" : this.#view.activeTool.cursor;
  }
  /** @returns {{x: number, y: number}} of an event in the view, in device pixels */
  #place({ clientX, clientY }) {
    const box = this.#canvas.getBoundingClientRect();
    const { ratio } = this.#view;
    return { x: (clientX - box.left) * ratio, y: (clientY - box.top) * ratio };
  }
  /** @returns {Spot} */
  #spot(event, pane = this.#gesture?.pane) {
    const { x, y } = this.#place(event);
    const { view } = pane ?? paneAt(this.#view.viewport, this.#view.compare, x, y);
    const turned = event.button === RIGHT || (event.buttons & (RIGHT | PEN_END)) !== 0;
    return {
      ...toPicture(view, x, y),
      pressure: event.pointerType === "pen" ? event.pressure : 1,
      erase: this.#gesture?.erase ?? (event.altKey || turned) !== this.#view.subtracting,
      shift: event.shiftKey,
      ctrl: event.ctrlKey || event.metaKey,
      alt: event.altKey
    };
  }
  #down(event) {
    this.#canvas.focus({ preventScroll: true });
    this.#canvas.setPointerCapture(event.pointerId);
    const at = this.#place(event);
    if (event.pointerType === "touch") {
      this.#fingers.set(event.pointerId, at);
    }
    if (this.#fingers.size === 2) {
      this.#begin("pinch", {});
    } else if (!this.#gesture && this.#view.hasPicture) {
      this.#press(event, at);
    }
  }
  #press(event, at) {
    if (event.button === MIDDLE || this.#space || this.#view.activeTool.pans) {
      event.preventDefault();
      this.#begin("pan", { at });
      this.#canvas.style.cursor = "grabbing";
    } else if (this.#onDivider(at)) {
      this.#begin("divide", {});
    } else if (event.button === LEFT || event.button === RIGHT || event.buttons & PEN_END) {
      const pane = paneAt(this.#view.viewport, this.#view.compare, at.x, at.y);
      const spot = this.#spot(event, pane);
      this.#begin("use", { pane, erase: spot.erase });
      this.#view.activeTool.down(spot);
    }
  }
  #begin(kind, more) {
    if (this.#gesture?.kind === "use") {
      this.#view.activeTool.cancel();
    }
    this.#gesture = { kind, ...more };
  }
  #onDivider({ x }) {
    const { compare, viewport, ratio } = this.#view;
    return compare.mode === "slider" && Math.abs(x - compare.at * viewport.width) < DIVIDER * ratio;
  }
  #move(event) {
    const at = this.#place(event);
    switch (this.#gesture?.kind) {
      case "use":
        this.#view.activeTool.move(this.#spots(event));
        break;
      case "pan":
        this.#view.camera.pan(at.x - this.#gesture.at.x, at.y - this.#gesture.at.y);
        this.#gesture.at = at;
        break;
      case "pinch":
        this.#pinch(event, at);
        break;
      case "divide":
        this.#view.compare = { at: Math.min(Math.max(at.x / this.#view.viewport.width, 0), 1) };
        break;
      default:
        this.#hover(event, at);
    }
    this.#view.setCursor(this.#spot(event));
  }
  /** Every place the pointer was since the last event, for smooth strokes. */
  #spots(event) {
    const events = event.getCoalescedEvents?.() ?? [];
    return (events.length ? events : [event]).map((one) => this.#spot(one));
  }
  #hover(event, at) {
    const tool = this.#view.activeTool;
    if (this.#view.hasPicture) {
      tool.hover(this.#spot(event));
    }
    if (!this.#space) {
      this.#canvas.style.cursor = this.#onDivider(at) ? "ew-resize" : tool.cursor;
    }
  }
  /** What lay between the fingers stays between them. */
  #pinch(event, at) {
    if (!this.#fingers.has(event.pointerId)) {
      return;
    }
    const before = spanOf([...this.#fingers.values()]);
    this.#fingers.set(event.pointerId, at);
    const after = spanOf([...this.#fingers.values()]);
    this.#view.camera.pan(after.x - before.x, after.y - before.y);
    if (before.length > 0) {
      this.#view.camera.scaleBy(after.length / before.length, after.x, after.y);
    }
  }
  #up(event) {
    this.#fingers.delete(event.pointerId);
    const { kind } = this.#gesture ?? {};
    if (kind === "pinch" && this.#fingers.size > 0) {
      return;
    }
    if (kind === "use") {
      this.#view.activeTool.up(this.#spot(event));
    }
    this.#gesture = null;
    this.#canvas.style.cursor = this.#view.activeTool.cursor;
  }
  #cancel(event) {
    this.#fingers.delete(event.pointerId);
    if (this.#gesture?.kind === "use") {
      this.#view.activeTool.cancel();
    }
    this.#gesture = null;
  }
  #leave() {
    if (!this.#gesture) {
      this.#view.activeTool.hover(null);
      this.#view.setCursor(null);
    }
  }
  #doubleClick(event) {
    if (this.#view.hasPicture && event.button === LEFT) {
      this.#view.activeTool.doubleClick(this.#spot(event));
    }
  }
  #wheel(event) {
    event.preventDefault();
    const unit = [1, LINE_PX, PAGE_PX][event.deltaMode];
    const [dx, dy] = [event.deltaX * unit, event.deltaY * unit];
    const { x, y } = this.#place(event);
    if (event.altKey) {
      this.#view.cycleCandidate(Math.sign(dy || dx));
    } else if (event.shiftKey) {
      this.#view.camera.pan(-(dx || dy), 0);
    } else {
      this.#view.camera.pan(event.ctrlKey ? 0 : -dx, 0);
      this.#view.camera.scaleBy(Math.exp(-dy * (event.ctrlKey ? PINCH_SPEED : WHEEL_SPEED)), x, y);
    }
  }
};
function spanOf([a, b]) {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, length: Math.hypot(a.x - b.x, a.y - b.y) };
}

// javascript/retouch/canvas/keyboard-input.mjs
var STEP2 = 10;
var FAR2 = 5;
var ARROWS2 = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
var KEYS = { Enter: "Enter", Escape: "Escape", Delete: "Delete", Backspace: "Delete" };
var KeyboardInput = class {
  #view;
  #input;
  #at = null;
  #pressed = null;
  #space = null;
  /** @param {import("./canvas-view.mjs").CanvasView} view */
  constructor(canvas, view, input, signal) {
    this.#view = view;
    this.#input = input;
    canvas.addEventListener("keydown", (event) => this.#down(event), { signal });
    canvas.addEventListener("keyup", (event) => this.#up(event), { signal });
    canvas.addEventListener("blur", () => this.#leave(), { signal });
    canvas.addEventListener("pointermove", () => this.#pointer(), { signal });
    canvas.addEventListener("pointerdown", () => this.hide(), { signal });
  }
  /** @returns {{x: number, y: number} | null} in picture pixels; null while the pointer is used */
  get crosshair() {
    return this.#at;
  }
  hide() {
    if (this.#pressed) {
      this.#view.activeTool.cancel();
    }
    this.#pressed = null;
    this.#at = null;
  }
  #pointer() {
    if (this.#space) {
      this.#space.used = true;
    }
    if (!this.#pressed) {
      this.#at = null;
    }
  }
  #down(event) {
    if (!this.#view.hasPicture) {
      return;
    }
    const isHandled = event.key in ARROWS2 ? this.#moveCrosshair(event) : event.key === " " ? this.#pressSpace(event) : this.#key(event);
    if (isHandled) {
      event.preventDefault();
      this.#view.redraw();
    }
  }
  #moveCrosshair(event) {
    const { viewport, ratio } = this.#view;
    const step = event.ctrlKey ? 1 : STEP2 * ratio * (event.shiftKey ? FAR2 : 1) / viewport.scale;
    const [dx, dy] = ARROWS2[event.key];
    const from = this.#at ?? this.#view.camera.middle;
    const { width, height } = this.#view.store.doc.base;
    const within = (at, length) => Math.min(Math.max(Math.floor(at), 0), length - 1) + 0.5;
    this.#at = { x: within(from.x + dx * step, width), y: within(from.y + dy * step, height) };
    this.#view.camera.reveal(this.#at);
    const spot = this.#spot(event);
    if (this.#pressed) {
      this.#view.activeTool.move([spot]);
    } else {
      this.#view.activeTool.hover(spot);
    }
    this.#view.setCursor(spot);
    this.#view.announce(`${Math.floor(spot.x)}, ${Math.floor(spot.y)}`);
    return true;
  }
  /** Space moves the picture while the pointer drags; let go without that, it is Enter. */
  #pressSpace(event) {
    if (!event.repeat) {
      this.#space = { used: false };
      this.#input.space = true;
    }
    return true;
  }
  #up(event) {
    if (event.key !== " " || !this.#space) {
      return;
    }
    const { used } = this.#space;
    this.#space = null;
    this.#input.space = false;
    if (!used && this.#at) {
      this.#press(event);
      this.#view.redraw();
    }
  }
  #key(event) {
    const key = KEYS[event.key];
    if (!key || event.ctrlKey || event.metaKey) {
      return false;
    }
    if (key === "Escape" && this.#pressed) {
      this.hide();
      return true;
    }
    const isHandled = this.#at && key === "Enter" ? false : this.#view.activeTool.handleKey(key);
    return isHandled || key === "Enter" && this.#press(event);
  }
  #press(event) {
    const tool = this.#view.activeTool;
    this.#at ??= this.#view.camera.middle;
    const spot = this.#spot(event);
    if (this.#pressed) {
      this.#pressed = null;
      tool.up(spot);
      return true;
    }
    tool.down(spot);
    if (tool.drags) {
      this.#pressed = spot;
    } else {
      tool.up(spot);
    }
    return true;
  }
  #spot(event) {
    const erase = this.#pressed ? this.#pressed.erase : event.altKey !== this.#view.subtracting;
    return { ...this.#at, pressure: 1, erase, shift: event.shiftKey, ctrl: false, alt: false };
  }
  #leave() {
    this.hide();
    this.#space = null;
    this.#input.space = false;
    this.#view.redraw();
  }
};

// javascript/retouch/image/mask-outline.mjs
var SOLID3 = 128;
function outlineOf(alpha, width, height) {
  const runs2 = [];
  for (let y = 1; y < height; y++) {
    levelRuns(runs2, alpha, y, width);
  }
  for (let x = 1; x < width; x++) {
    uprightRuns(runs2, alpha, x, { width, height });
  }
  return runs2;
}
function levelRuns(runs2, alpha, y, width) {
  let start = -1;
  for (let x = 1; x < width; x++) {
    const at = y * width + x;
    const edge = x < width - 1 && alpha[at] >= SOLID3 !== alpha[at - width] >= SOLID3;
    if (edge && start < 0) {
      start = x;
    } else if (!edge && start >= 0) {
      runs2.push(start - 1, y - 1, x - 1, y - 1);
      start = -1;
    }
  }
}
function uprightRuns(runs2, alpha, x, { width, height }) {
  let start = -1;
  for (let y = 1; y < height; y++) {
    const at = y * width + x;
    const edge = y < height - 1 && alpha[at] >= SOLID3 !== alpha[at - 1] >= SOLID3;
    if (edge && start < 0) {
      start = y;
    } else if (!edge && start >= 0) {
      runs2.push(x - 1, start - 1, x - 1, y - 1);
      start = -1;
    }
  }
}

// javascript/retouch/canvas/layers.mjs
function pictureRaster(base, patches, box, level) {
  const { data, width, height } = composeBox(base, patches, box);
  return halveTimes(halveRgba, level, data, width, height);
}
function sketchRaster(layer, live, box, level) {
  const pixels = renderLayer(layer, live?.colour ? live : null, box);
  return pixels && halveTimes(halveRgba, level, pixels.data, pixels.width, pixels.height);
}
function overlayRaster({ objects, live, size, colour, inverted = null }, box, level) {
  const alphas = objects.map((object) => alphaWithStroke(object, live, size, box)).filter(Boolean);
  if (!alphas.length && !inverted) {
    return null;
  }
  const strongest = alphas.reduce(strongerOf, new Uint8Array(areaOf(box)));
  const visible = inverted ? readPaintedAlpha(inverted, strongest, box) : strongest;
  const { data, width, height } = halveTimes(halveAlpha, level, visible, widthOf(box), heightOf(box));
  const out = new Uint32Array(data.length);
  const rgb = colour[0] | colour[1] << 8 | colour[2] << 16;
  for (let i = 0; i < out.length; i++) {
    out[i] = data[i] << 24 | rgb;
  }
  return { data: new Uint8ClampedArray(out.buffer), width, height };
}
function readPaintedAlpha({ planned }, masked, box) {
  return planned ? planned.read(box) : masked.map((alpha) => 255 - alpha);
}
function outlineRuns(object, live, size, box, level) {
  const wide = growBox(box, 2 ** level);
  const alpha = alphaWithStroke(object, live, size, wide);
  if (!alpha) {
    return [];
  }
  const { data, width, height } = halveTimes(halveAlpha, level, alpha, widthOf(wide), heightOf(wide));
  return outlineOf(data, width, height);
}
function alphaWithStroke(object, live, size, box) {
  const mask = shapeMask(object, size);
  const stroke = live?.object?.id === object.id && !isEmpty(overlap(live.stroke.bounds, box)) ? live : null;
  if (isEmpty(overlap(mask.box, box))) {
    return stroke && !stroke.erase ? stroke.stroke.read(box) : null;
  }
  const alpha = mask.read(box);
  return stroke ? applyStroke(alpha, stroke.stroke.read(box), stroke.erase) : alpha;
}
function applyStroke(alpha, stroke, erase) {
  return erase ? weakerOf(
    alpha,
    stroke.map((value) => 255 - value)
  ) : strongerOf(alpha, stroke);
}
function strongerOf(a, b) {
  for (let i = 0; i < a.length; i++) {
    if (b[i] > a[i]) {
      a[i] = b[i];
    }
  }
  return a;
}
function weakerOf(a, b) {
  for (let i = 0; i < a.length; i++) {
    if (b[i] < a[i]) {
      a[i] = b[i];
    }
  }
  return a;
}
function listVisibleObjects(doc, live) {
  const painted = live?.object;
  const others = doc.objects.filter(({ visible, id }) => visible && id !== painted?.id);
  return painted ? [...others, painted] : others;
}
function listUsedObjects(doc, live) {
  const painted = live?.object;
  const used = doc.objects.filter(({ use, id }) => use && id !== painted?.id);
  return painted ? [...used, painted] : used;
}
function patchesOf(doc, preview) {
  return [...doc.steps.filter(({ on }) => on), ...preview ? [preview] : []];
}
function changedPatches(before, after) {
  const start = before.findIndex((patch, i) => patch !== after[i]);
  const from = start < 0 ? before.length : start;
  return [...before.slice(from), ...after.slice(from)].map(({ box, mask }) => overlap(box, mask.box));
}
function changedMasks(before, after, size) {
  const known = new Map(before.map((object) => [object.id, object]));
  const boxes = after.map((object) => differenceBox(known.get(object.id), object, size));
  const left = new Set(after.map(({ id }) => id));
  const gone = before.filter(({ id }) => !left.has(id)).map((object) => differenceBox(object, void 0, size));
  return [...boxes, ...gone].filter((box) => !isEmpty(box));
}
function differenceBox(before, after, size) {
  if (before && after && before.mask === after.mask && before.shape === after.shape) {
    return NOWHERE;
  }
  const [a, b] = [before, after].map((object) => object ? shapeMask(object, size) : NOTHING);
  return before?.shape === after?.shape ? a.differenceTo(b) : unionBox(a.box, b.box);
}
function changedSketch(before, after) {
  return before === after ? [] : [before?.box ?? NOWHERE, after?.box ?? NOWHERE];
}

// javascript/retouch/canvas/tiles.mjs
var TILE = 256;
var Tiles = class {
  #tiles = /* @__PURE__ */ new Map();
  #make;
  #limit;
  #frame = NOWHERE;
  /**
   * @template T
   * @param {(place: Place, part: Box, before: T | undefined) => T} make `part` is the box to make: the
   *     whole place unless there is content `before`
   * @param {number} limit tiles kept; those unused for longest are dropped first
   */
  constructor(make, limit = 600) {
    this.#make = make;
    this.#limit = limit;
  }
  /** Starts over for a picture of another size. */
  clear(size) {
    this.#tiles.clear();
    this.#frame = boxOfSize(size);
  }
  /** Marks a box as changed; its tiles are remade on the next `get`. */
  invalidate(box) {
    if (isEmpty(box)) {
      return;
    }
    for (const tile of this.#tiles.values()) {
      const common = overlap(tile.box, box);
      tile.stale = unionBox(tile.stale, common);
    }
  }
  /** @returns {Place[]} the tiles of one level that a box of the picture touches */
  places(box, level) {
    const side = TILE * 2 ** level;
    const inside = overlap(box, this.#frame);
    const places = [];
    for (let top = Math.floor(inside.top / side) * side; top < inside.bottom; top += side) {
      for (let left = Math.floor(inside.left / side) * side; left < inside.right; left += side) {
        places.push({ level, box: overlap(boxOf(left, top, left + side, top + side), this.#frame) });
      }
    }
    return places;
  }
  /** What a place holds, made or remade if it must be. */
  get(place) {
    const key = keyOf(place);
    const tile = this.#tiles.get(key) ?? { box: place.box, stale: place.box, content: void 0 };
    this.#tiles.delete(key);
    this.#tiles.set(key, tile);
    if (!isEmpty(tile.stale)) {
      tile.content = this.#make(place, this.#partOf(place, tile), tile.content);
      tile.stale = NOWHERE;
      this.#dropOldest();
    }
    return tile.content;
  }
  /** Whether `get` would have all of a place to make. */
  isMissing(place) {
    const tile = this.#tiles.get(keyOf(place));
    return !tile || tile.stale === tile.box;
  }
  /** What is there, changed since or not; undefined when nothing is. */
  peek(place) {
    return this.#tiles.get(keyOf(place))?.content;
  }
  /** The place that shows the same at half the size, and more. */
  parent({ level, box }) {
    return this.places(boxOf(box.left, box.top, box.left + 1, box.top + 1), level + 1)[0];
  }
  #partOf({ level, box }, { content, stale }) {
    return content === void 0 ? box : alignBox(stale, 2 ** level, box);
  }
  #dropOldest() {
    for (const key of this.#tiles.keys()) {
      if (this.#tiles.size <= this.#limit) {
        return;
      }
      this.#tiles.delete(key);
    }
  }
};
function keyOf({ level, box }) {
  return `${level}/${box.left}/${box.top}`;
}
function alignBox(box, grid, within) {
  return overlap(
    boxOf(
      Math.floor(box.left / grid) * grid,
      Math.floor(box.top / grid) * grid,
      Math.ceil(box.right / grid) * grid,
      Math.ceil(box.bottom / grid) * grid
    ),
    within
  );
}

// javascript/retouch/canvas/selection-outline.mjs
var STRIPE = 8;
var APRON = 64;
var SelectionOutline = class {
  #context;
  #tiles;
  #selection = null;
  #object = null;
  #size = null;
  #stripes = null;
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#context = canvas.getContext("2d");
    this.#tiles = new Tiles(
      ({ level, box }) => outlineRuns(this.#object, null, this.#size, box, level),
      200
    );
  }
  /**
   * @param {Obj | null} object null for no outline
   * @returns {boolean} whether anything changed
   */
  setObject(object, size) {
    const changed = this.#selection !== object || this.#size !== size;
    this.#selection = object;
    if (changed && object) {
      this.#update(object, size);
    }
    return changed;
  }
  /** Outlines of an object that was seen before are traced again only where it changed. */
  #update(object, size) {
    const before = this.#object;
    const known = before?.id === object.id && this.#size === size;
    this.#object = object;
    this.#size = size;
    if (known) {
      const change = differenceBox(before, object, size);
      this.#tiles.invalidate(isEmpty(change) ? change : growBox(change, APRON));
    } else {
      this.#tiles.clear(size);
    }
  }
  get isVisible() {
    return this.#selection !== null && (this.#selection.mask.width > 0 || this.#selection.shape.invert);
  }
  /** @param {number} phase how far the stripes have moved, in device pixels */
  render(view, compare, phase) {
    const context = this.#context;
    context.clearRect(0, 0, view.width, view.height);
    if (!this.isVisible) {
      return;
    }
    context.strokeStyle = this.#pattern(phase);
    context.lineWidth = Math.max(1, Math.round(globalThis.devicePixelRatio ?? 1)) * 1.5;
    for (const pane of panesOf(view, compare).filter(({ side }) => side === "after")) {
      this.#stroke(pane);
    }
  }
  #stroke({ view, clip }) {
    const context = this.#context;
    context.save();
    context.beginPath();
    context.rect(clip.left, clip.top, widthOf(clip), clip.bottom);
    context.clip();
    context.beginPath();
    for (const place of this.#tiles.places(visibleBox(view, this.#size), levelOf(view))) {
      traceRuns(context, this.#tiles.get(place), boxInView(view, place.box), view.scale * 2 ** place.level);
    }
    context.stroke();
    context.restore();
  }
  #pattern(phase) {
    this.#stripes ??= this.#context.createPattern(drawStripes(), "repeat");
    this.#stripes.setTransform(new DOMMatrix().translate(phase % STRIPE, 0));
    return this.#stripes;
  }
};
function traceRuns(context, runs2, { left, top }, scale) {
  for (let i = 0; i < runs2.length; i += 4) {
    context.moveTo(left + runs2[i] * scale, top + runs2[i + 1] * scale);
    context.lineTo(left + runs2[i + 2] * scale, top + runs2[i + 3] * scale);
  }
}
function drawStripes() {
  const canvas = new OffscreenCanvas(STRIPE, STRIPE);
  const context = canvas.getContext("2d");
  const image = context.createImageData(STRIPE, STRIPE);
  for (let i = 0; i < STRIPE * STRIPE; i++) {
    const light = (i % STRIPE + Math.floor(i / STRIPE)) % STRIPE < STRIPE / 2;
    image.data.fill(light ? 255 : 0, i * 4, i * 4 + 3);
    image.data[i * 4 + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

// javascript/retouch/canvas/overlays.mjs
var RESOLVED = 1;
function drawGhost(pen, view, steps) {
  const { accent, warning } = pen.theme;
  for (const { crop, work, magnification, under_resolved: coarse = magnification < RESOLVED } of steps) {
    const box = boxInView(view, Array.isArray(crop) ? boxOfList(crop) : crop);
    const colour = coarse ? warning : accent;
    pen.box(colour, box, { dash: [6, 4] });
    pen.label(colour, ghostText(crop, work, magnification, coarse), { x: box.left, y: box.top });
  }
}
function ghostText(crop, work, magnification, coarse = magnification < RESOLVED) {
  const [left, top, right, bottom] = Array.isArray(crop) ? crop : [crop.left, crop.top, crop.right, crop.bottom];
  const [width, height] = Array.isArray(work) ? work : [work.width, work.height];
  const scale = `${magnification.toFixed(2)}×`;
  const note = coarse ? text("canvas.coarse") : "";
  const sizes = { crop: `${right - left}×${bottom - top}`, work: `${width}×${height}` };
  return text("canvas.ghost", { ...sizes, scale, note });
}
function drawDivider(pen, view, { mode, at }) {
  if (mode === "before") {
    pen.label(pen.theme.ink, text("canvas.before"), { x: 8 * pen.ratio, y: 28 * pen.ratio });
  }
  if (mode !== "slider" && mode !== "side") {
    return;
  }
  const x = Math.round(view.width * (mode === "slider" ? at : 0.5));
  pen.path(
    pen.theme.ink,
    [
      { x, y: 0 },
      { x, y: view.height }
    ],
    { width: 2 }
  );
  pen.label(pen.theme.ink, text("canvas.before"), { x: 8 * pen.ratio, y: 28 * pen.ratio });
  pen.label(pen.theme.ink, text("canvas.after"), { x: view.width, y: 28 * pen.ratio });
  if (mode === "slider") {
    pen.handle(pen.theme.accent, { x, y: view.height / 2 }, 6);
  }
}
function drawCrosshair(pen, view, { x, y }) {
  pen.cross(pen.theme.accent, toView(view, x, y), 12);
}
function drawPixel(pen, view, { x, y }) {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  pen.box(pen.theme.accent, boxInView(view, boxOf(left, top, left + 1, top + 1)), { width: 1 });
}

// javascript/retouch/canvas/overlay-pen.mjs
var FONT = "12px system-ui, sans-serif";
var OverlayPen = class {
  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} ratio device pixels per CSS pixel
   */
  constructor(context, theme, ratio) {
    this.context = context;
    this.theme = theme;
    this.ratio = ratio;
  }
  /** Strokes the path that `trace` makes, in `colour` on a halo. */
  line(colour, trace, { width = 1.5, dash = [] } = {}) {
    const { context, ratio } = this;
    context.beginPath();
    trace(context);
    context.setLineDash([]);
    context.strokeStyle = this.theme.halo;
    context.globalAlpha = 0.75;
    context.lineWidth = (width + 2) * ratio;
    context.stroke();
    context.globalAlpha = 1;
    context.setLineDash(dash.map((length) => length * ratio));
    context.strokeStyle = colour;
    context.lineWidth = width * ratio;
    context.stroke();
    context.setLineDash([]);
  }
  box(colour, box, style) {
    this.line(colour, (context) => context.rect(box.left, box.top, widthOf(box), heightOf(box)), style);
  }
  ring(colour, { x, y }, radius, style) {
    this.line(colour, (context) => context.arc(x, y, Math.max(radius, 1), 0, 2 * Math.PI), style);
  }
  path(colour, points, style) {
    this.line(colour, (context) => points.forEach(({ x, y }) => context.lineTo(x, y)), style);
  }
  cross(colour, { x, y }, reach) {
    const length = reach * this.ratio;
    this.line(colour, (context) => {
      context.moveTo(x - length, y);
      context.lineTo(x + length, y);
      context.moveTo(x, y - length);
      context.lineTo(x, y + length);
    });
  }
  /** A filled dot of `radius` CSS pixels, hollow if it is off, with a plus or a minus. */
  dot(colour, { x, y }, { radius, on, sign }) {
    const { context, ratio, theme } = this;
    context.beginPath();
    context.arc(x, y, radius * ratio, 0, 2 * Math.PI);
    context.fillStyle = on ? colour : theme.halo;
    context.fill();
    this.ring(on ? theme.ink : colour, { x, y }, radius * ratio);
    context.beginPath();
    context.moveTo(x - 3 * ratio, y);
    context.lineTo(x + 3 * ratio, y);
    if (sign > 0) {
      context.moveTo(x, y - 3 * ratio);
      context.lineTo(x, y + 3 * ratio);
    }
    context.strokeStyle = on ? theme.ink : colour;
    context.lineWidth = 1.5 * ratio;
    context.stroke();
  }
  handle(colour, { x, y }, radius) {
    const side = radius * this.ratio;
    const { context } = this;
    context.fillStyle = this.theme.ink;
    context.fillRect(x - side, y - side, 2 * side, 2 * side);
    this.box(colour, { left: x - side, top: y - side, right: x + side, bottom: y + side }, { width: 1 });
  }
  /** A few letters on a round plate around a point. */
  badge(colour, text2, { x, y }) {
    const { context, ratio } = this;
    context.font = FONT.replace("12px", `600 ${12 * ratio}px`);
    const reach = Math.max(11 * ratio, context.measureText(text2).width / 2 + 5 * ratio);
    context.beginPath();
    context.roundRect(x - reach, y - 11 * ratio, 2 * reach, 22 * ratio, 11 * ratio);
    context.fillStyle = this.theme.halo;
    context.fill();
    context.fillStyle = colour;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(text2, x, y + ratio);
    context.textAlign = "start";
  }
  /** Text on a plate whose bottom left is at a point, moved into the canvas where it would leave it. */
  label(colour, text2, { x, y }) {
    const { context, ratio } = this;
    context.font = FONT.replace("12px", `${12 * ratio}px`);
    const [width, height] = [context.measureText(text2).width + 10 * ratio, 20 * ratio];
    const left = Math.max(0, Math.min(x, context.canvas.width - width));
    const top = Math.max(0, Math.min(y - height, context.canvas.height - height));
    context.fillStyle = this.theme.halo;
    context.globalAlpha = 0.85;
    context.fillRect(left, top, width, height);
    context.globalAlpha = 1;
    context.fillStyle = colour;
    context.textBaseline = "middle";
    context.fillText(text2, left + 5 * ratio, top + height / 2 + ratio);
  }
};

// javascript/retouch/canvas/scene.mjs
var CRISP_FROM = 2;
var BUDGET_MS = 8;
var SMEAR = 2;
var Scene = class {
  #context;
  #look = null;
  #theme = null;
  #tiles;
  #deadline = 0;
  #late = false;
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#context = canvas.getContext("2d");
    const tiles = (raster) => new Tiles(makeTileFactory(raster));
    this.#tiles = {
      after: tiles(
        (box, level) => this.#pictureRaster(patchesOf(this.#look.doc, this.#look.preview), box, level)
      ),
      before: tiles((box, level) => this.#pictureRaster(beforePatches(this.#look), box, level)),
      sketch: tiles(
        (box, level) => sketchRaster(this.#look.doc.sketch, this.#look.live, box, level)
      ),
      overlay: tiles((box, level) => overlayRaster(this.#overlayContent(), box, level))
    };
  }
  #pictureRaster(patches, box, level) {
    return pictureRaster(this.#look.doc.base, patches, box, level);
  }
  #overlayContent() {
    const { doc, live, overlay, inverted } = this.#look;
    const colour = parseColour(overlay.colour);
    return { objects: listOverlaid(this.#look), live, size: doc.base, colour, inverted };
  }
  /**
   * Sets what is shown from now on.
   *
   * @param {Look} look
   * @returns {Box[]} where, in the picture, it differs from before
   */
  setLook(look) {
    const before = this.#look;
    this.#look = look;
    const size = look.doc.base;
    if (!size) {
      return [];
    }
    if (!before || before.doc.base !== size) {
      Object.values(this.#tiles).forEach((tiles) => tiles.clear(size));
      return [boxOfSize(size)];
    }
    const changed = changesOf(before, look);
    for (const [name, boxes] of Object.entries(changed)) {
      boxes.forEach((box) => this.#tiles[name].invalidate(box));
    }
    return Object.values(changed).flat();
  }
  /** What a stroke has just covered. */
  invalidateStroke(box) {
    this.#tiles[this.#look.live?.colour ? "sketch" : "overlay"].invalidate(box);
  }
  /**
   * @param {Viewport} view
   * @param {Box | null} part of the picture to redraw; null for all of the canvas
   * @returns {boolean} whether something is still missing and another frame is due
   */
  render(view, part, theme) {
    this.#theme = theme;
    this.#deadline = performance.now() + BUDGET_MS;
    this.#late = false;
    for (const pane of panesOf(view, this.#look.compare)) {
      this.#renderPane(pane, part);
    }
    return this.#late;
  }
  #renderPane({ view, clip, side }, changed) {
    const context = this.#context;
    const { base } = this.#look.doc;
    const part = changed && growBox(changed, SMEAR * 2 ** levelOf(view));
    const dirty = part ? overlap(boxInView(view, part), clip) : clip;
    if (isEmpty(dirty)) {
      return;
    }
    context.save();
    context.beginPath();
    context.rect(dirty.left, dirty.top, widthOf(dirty), heightOf(dirty));
    context.clip();
    context.fillStyle = this.#theme.ground;
    context.fillRect(dirty.left, dirty.top, widthOf(dirty), heightOf(dirty));
    if (base) {
      this.#renderPicture(view, part ?? visibleBox(view, base), side);
    }
    context.restore();
  }
  #renderPicture(view, part, side) {
    const {
      doc: { base },
      overlay
    } = this.#look;
    const visible = overlap(visibleBox(view, base), part);
    if (!base.opaque) {
      const seenPart = overlap(boxInView(view, boxOfSize(base)), boxOfSize(view));
      drawCheckerboard(this.#context, seenPart, this.#theme.checks);
    }
    this.#drawTiles(this.#tiles[side], view, visible);
    if (side === "after") {
      this.#drawTiles(this.#tiles.sketch, view, visible);
    }
    if (side === "after" && overlay.show) {
      this.#context.globalAlpha = overlay.opacity;
      this.#drawTiles(this.#tiles.overlay, view, visible);
      this.#context.globalAlpha = 1;
    }
  }
  #drawTiles(tiles, view, visible) {
    const context = this.#context;
    context.imageSmoothingEnabled = view.scale < CRISP_FROM;
    context.imageSmoothingQuality = "low";
    for (const place of tiles.places(visible, levelOf(view))) {
      const late = tiles.isMissing(place) && performance.now() > this.#deadline;
      this.#late ||= late;
      const tile = late ? findCoarserTile(tiles, place) : { from: place, content: tiles.get(place) };
      if (tile?.content) {
        drawPart(context, tile, place, boxInView(view, place.box));
      }
    }
  }
};
function findCoarserTile(tiles, place) {
  for (let from = tiles.parent(place), more = 8; from && more > 0; from = tiles.parent(from), more--) {
    const content = tiles.peek(from);
    if (content) {
      return { from, content };
    }
  }
  return null;
}
function drawPart(context, { from, content }, { box }, to) {
  const share = 1 / 2 ** from.level;
  context.drawImage(
    content,
    (box.left - from.box.left) * share,
    (box.top - from.box.top) * share,
    widthOf(box) * share,
    heightOf(box) * share,
    to.left,
    to.top,
    widthOf(to),
    heightOf(to)
  );
}
function makeTileFactory(raster) {
  return ({ level, box }, part, before) => {
    const pixels = raster(part, level);
    if (!pixels && !before) {
      return null;
    }
    const share = 1 / 2 ** level;
    const canvas = before ?? new OffscreenCanvas(Math.ceil(widthOf(box) * share), Math.ceil(heightOf(box) * share));
    const context = canvas.getContext("2d");
    const [x, y] = [(part.left - box.left) * share, (part.top - box.top) * share];
    if (pixels) {
      context.putImageData(new ImageData(pixels.data, pixels.width, pixels.height), x, y);
    } else {
      context.clearRect(x, y, Math.ceil(widthOf(part) * share), Math.ceil(heightOf(part) * share));
    }
    return canvas;
  };
}
function beforePatches({ doc, preview }) {
  return preview ? patchesOf(doc, null) : [];
}
function listOverlaid({ doc, live, inverted }) {
  return inverted ? listUsedObjects(doc, live) : listVisibleObjects(doc, live);
}
function isSameInversion(before, after) {
  return !before === !after && before?.planned === after?.planned;
}
function changesOf(before, after) {
  const all = before.overlay.colour !== after.overlay.colour || !isSameInversion(before.inverted, after.inverted);
  const size = after.doc.base;
  const live = [before.live, after.live].filter((stroke, i, both) => stroke && both[0] !== both[1]);
  const strokes = (sketch) => live.filter(({ colour }) => Boolean(colour) === sketch).map(({ stroke }) => stroke.bounds);
  const patches = ({ doc, preview }) => patchesOf(doc, preview);
  return {
    after: changedPatches(patches(before), patches(after)),
    before: changedPatches(beforePatches(before), beforePatches(after)),
    sketch: [...changedSketch(before.doc.sketch, after.doc.sketch), ...strokes(true)],
    overlay: all ? [boxOfSize(size)] : [...changedMasks(listOverlaid(before), listOverlaid(after), size), ...strokes(false)]
  };
}

// javascript/retouch/canvas/renderer.mjs
var OUTLINE_MS = 120;
var PIXELS_SEEN = 8;
var NOTHING_DUE = Object.freeze({ part: NOWHERE, all: false, outline: false, overlays: false });
var Renderer = class {
  #view;
  #stack;
  #scene;
  #outline;
  #due = { ...NOTHING_DUE };
  #frame = 0;
  #outlineTimer = 0;
  #waiters = [];
  /**
   * @param {import("./canvas-view.mjs").CanvasView} view
   * @param {import("./canvas-stack.mjs").CanvasStack} stack
   */
  constructor(view, stack) {
    this.#view = view;
    this.#stack = stack;
    this.#scene = new Scene(stack.scene);
    this.#outline = new SelectionOutline(stack.outline);
  }
  stop() {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#outlineTimer);
  }
  /** @param {import("./scene.mjs").Look} look to show from now on */
  setLook(look) {
    this.#due.part = this.#scene.setLook(look).reduce(unionBox, this.#due.part);
    const object = look.live ? null : selectedObject(look.doc);
    this.#due.outline = this.#outline.setObject(object?.visible ? object : null, look.doc.base) || this.#due.outline;
    this.invalidateOverlays();
  }
  /** Marks the box that a stroke has just covered. */
  invalidateStroke(box) {
    this.#scene.invalidateStroke(box);
    this.#due.part = unionBox(this.#due.part, box);
    this.invalidateOverlays();
  }
  /** Marks the overlays: points, boxes, the brush's ring. */
  invalidateOverlays() {
    this.#due.overlays = true;
    this.#requestFrame();
  }
  invalidateAll() {
    this.#due = { part: NOWHERE, all: true, outline: true, overlays: true };
    this.#requestFrame();
  }
  /** Resolves when nothing is left to draw but the animated outline. */
  whenDrawn() {
    return this.#frame ? new Promise((resolve) => this.#waiters.push(resolve)) : Promise.resolve();
  }
  #requestFrame() {
    this.#frame ||= requestAnimationFrame(() => this.render());
  }
  /** Draws at once. A canvas that was resized cannot wait for the next frame. */
  render() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const due = this.#due;
    this.#due = { ...NOTHING_DUE };
    const { viewport } = this.#view;
    this.#stack.fit(viewport);
    if (due.all || !isEmpty(due.part)) {
      this.#renderScene(due.all ? null : due.part);
    }
    if (due.outline) {
      this.#renderOutline();
    }
    if (due.overlays) {
      this.#drawOverlays();
    }
    if (!this.#frame) {
      this.#waiters.splice(0).forEach((resolve) => resolve());
    }
  }
  #renderScene(part) {
    if (this.#scene.render(this.#view.viewport, part, this.#view.theme)) {
      this.#due.all = true;
      this.#requestFrame();
    }
  }
  /** The outline is animated while it is visible, unless the person asked for reduced motion. */
  #renderOutline() {
    clearTimeout(this.#outlineTimer);
    const { viewport, compare, ratio } = this.#view;
    this.#outline.render(viewport, compare, Math.floor(performance.now() / OUTLINE_MS) * ratio);
    if (this.#outline.isVisible && this.#stack.isAnimated) {
      this.#outlineTimer = setTimeout(() => requestAnimationFrame(() => this.#renderOutline()), OUTLINE_MS);
    }
  }
  #drawOverlays() {
    const view = this.#view;
    const { viewport, ghost, compare, activeTool, crosshair } = view;
    const context = this.#stack.top.getContext("2d");
    context.clearRect(0, 0, viewport.width, viewport.height);
    if (!view.hasPicture) {
      return;
    }
    const pen = new OverlayPen(context, view.theme, view.ratio);
    drawGhost(pen, viewport, ghost ?? []);
    activeTool.draw(pen, viewport);
    drawDivider(pen, viewport, compare);
    if (crosshair) {
      drawCrosshair(pen, viewport, crosshair);
      if (viewport.scale >= PIXELS_SEEN) {
        drawPixel(pen, viewport, crosshair);
      }
    }
  }
};

// javascript/retouch/canvas/view-state.mjs
var ViewState = class extends EventTarget {
  #brush = Object.freeze({ size: 60, hardness: 0.8, opacity: 1, colour: "#e0483e" });
  #overlay = Object.freeze({ colour: "#ff3d7f", opacity: 0.45, show: true });
  #compare = Object.freeze({ mode: "off", at: 0.5 });
  #isBeforeShown = false;
  #theme = themeOf("dark");
  #ghost = null;
  #inverted = null;
  #extension = Object.freeze({ margins: NO_MARGINS, stages: [], highlighted: null });
  #preview = null;
  #regions = [];
  #live = null;
  #subtracting = false;
  /** Called when overlays have changed. */
  redraw() {
  }
  /** Called when the visible part of the document has changed. */
  refresh() {
  }
  /** Called when everything must be drawn again. */
  repaint() {
  }
  get brush() {
    return this.#brush;
  }
  /** @param {Partial<{size: number, hardness: number, opacity: number, colour: string}>} changes */
  set brush(changes) {
    this.#brush = Object.freeze({ ...this.#brush, ...changes });
    this.redraw();
  }
  /** Whether tools take away, and with Alt or the right button add: for hands without either. */
  get subtracting() {
    return this.#subtracting;
  }
  set subtracting(on) {
    this.#subtracting = Boolean(on);
    this.redraw();
  }
  get overlay() {
    return this.#overlay;
  }
  /** @param {Partial<{colour: string, opacity: number, show: boolean}>} changes */
  set overlay(changes) {
    this.#overlay = Object.freeze({ ...this.#overlay, ...changes });
    this.refresh();
    this.repaint();
  }
  get compare() {
    return this.#isBeforeShown ? { ...this.#compare, mode: "before" } : this.#compare;
  }
  /** @param {Partial<{mode: CompareMode, at: number}>} changes at: the slider's place, 0..1 */
  set compare(changes) {
    this.#compare = Object.freeze({ ...this.#compare, ...changes });
    this.refresh();
    this.repaint();
  }
  /** Shows the first picture for as long as `on` is true. */
  showBefore(on) {
    this.#isBeforeShown = Boolean(on);
    this.refresh();
    this.repaint();
  }
  get theme() {
    return this.#theme;
  }
  /** @param {"dark" | "light" | object} theme a theme's name, or what differs from the dark one */
  set theme(theme) {
    this.#theme = themeOf(theme);
    this.repaint();
  }
  get ghost() {
    return this.#ghost;
  }
  /** @param {import("./overlays.mjs").GhostStep[] | null} steps of a plan */
  set ghost(steps) {
    this.#ghost = steps;
    this.redraw();
  }
  /**
   * What will be repainted where that is all that is not masked, null where what is masked is. `planned` is as the
   * server plans it, null until that is known: then it is what the masks leave out.
   */
  get inverted() {
    return this.#inverted;
  }
  /** @param {{planned: Mask | null} | null} inverted */
  set inverted(inverted) {
    const same = this.#inverted?.planned === inverted?.planned && !this.#inverted === !inverted;
    this.#inverted = inverted;
    if (!same) {
      this.refresh();
    }
  }
  get extension() {
    return this.#extension;
  }
  /** @param {Partial<{margins: Margins, stages: import("../tools/extend-overlay.mjs").GhostStage[], highlighted: object}>} changes */
  set extension(changes) {
    this.#extension = Object.freeze({ ...this.#extension, ...changes });
    this.redraw();
  }
  get preview() {
    return this.#preview;
  }
  /** @param {{box: Box, patch: Pixels, mask: Mask} | null} patch a variation, shown but not kept */
  set preview(patch) {
    this.#preview = patch;
    this.refresh();
  }
  get regions() {
    return this.#regions;
  }
  /** @param {{mask: Mask, label: string}[]} regions for the tool "everything" */
  set regions(regions) {
    this.#regions = regions;
    this.redraw();
  }
  /** The stroke being painted. */
  get live() {
    return this.#live;
  }
  set live(live) {
    this.#live = live;
    this.refresh();
  }
};

// javascript/retouch/canvas/canvas-stack.mjs
var LABEL2 = text("canvas.label");
var FILLING = "position:absolute;inset:0;width:100%;height:100%;display:block;";
var CanvasStack = class {
  #root;
  #liveRegion;
  #observer;
  #reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
  ratio = 1;
  /** @param {(width: number, height: number) => void} onResize gets the size in device pixels, also at the start */
  constructor(element, onResize, label = LABEL2) {
    const make = (name, style, parent) => {
      const child = document.createElement(name);
      child.style.cssText = style;
      parent.append(child);
      return child;
    };
    this.#root = make("div", "position:absolute;inset:0;overflow:hidden;", element);
    this.scene = make("canvas", FILLING, this.#root);
    this.outline = make("canvas", `${FILLING}pointer-events:none;`, this.#root);
    this.top = make("canvas", `${FILLING}touch-action:none;outline-offset:-2px;`, this.#root);
    this.#liveRegion = make(
      "div",
      "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);",
      this.#root
    );
    this.scene.setAttribute("aria-hidden", "true");
    this.outline.setAttribute("aria-hidden", "true");
    for (const [name, value] of [
      ["tabindex", "0"],
      ["role", "application"],
      ["aria-label", label]
    ]) {
      this.top.setAttribute(name, value);
    }
    this.#liveRegion.setAttribute("aria-live", "polite");
    this.#observer = new ResizeObserver(([entry]) => this.#measure(entry, onResize));
    this.#observe();
  }
  /** In device pixels where the browser tells them exactly, or the canvas would be scaled and blurred. */
  #observe() {
    try {
      this.#observer.observe(this.#root, { box: "device-pixel-content-box" });
    } catch {
      this.#observer.observe(this.#root);
    }
  }
  #measure(entry, onResize) {
    const css = entry.contentRect;
    const [exact2] = entry.devicePixelContentBoxSize ?? [];
    const width = devicePixels(css.width, exact2?.inlineSize);
    const height = devicePixels(css.height, exact2?.blockSize);
    if (width > 0 && height > 0) {
      this.ratio = width / css.width;
      onResize(width, height);
    }
  }
  /** Gives the canvases a viewport's size; a canvas that gets another one is blank. */
  fit({ width, height }) {
    for (const canvas of [this.scene, this.outline, this.top]) {
      if (canvas.width !== width || canvas.height !== height) {
        canvas.width = width;
        canvas.height = height;
      }
    }
  }
  /** Whether animations may run. */
  get isAnimated() {
    return !this.#reducedMotion.matches && this.#root.isConnected;
  }
  announce(text2) {
    this.#liveRegion.textContent = text2;
  }
  destroy() {
    this.#observer.disconnect();
    this.#root.remove();
  }
};
function devicePixels(css, exact2) {
  const expected = css * devicePixelRatio;
  return Math.abs(exact2 - expected) <= 1 ? exact2 : Math.round(expected);
}

// javascript/retouch/canvas/canvas-view.mjs
var CanvasView = class extends ViewState {
  #stack;
  #renderer;
  #tools;
  #keyboard;
  #toolName;
  #lifetime = new AbortController();
  /**
   * @param {HTMLElement} element is filled; its size is the view's
   * @param {Store} store
   * @param {{tools: (view: CanvasView) => Record<string, import("../tools/tool.mjs").Tool>,
   *     onClicks?: (object: Obj) => void, onHover?: (region: object | null) => void,
   *     theme?: "dark" | "light" | object, label?: string}} options `tools` makes the tools by name; the first is
   *     active at the start
   */
  constructor(element, store, { tools, onClicks, onHover, theme = "dark", label }) {
    super();
    const { signal } = this.#lifetime;
    this.store = store;
    this.camera = new Camera(
      () => store.doc.base,
      (zoomed) => this.#onMove(zoomed),
      () => this.activeTool.fittedBox
    );
    this.#stack = new CanvasStack(element, (width, height) => this.#resize(width, height), label);
    this.#renderer = new Renderer(this, this.#stack);
    this.#tools = tools(this);
    [this.#toolName] = Object.keys(this.#tools);
    const input = new PointerInput(this.#stack.top, this, signal);
    this.#keyboard = new KeyboardInput(this.#stack.top, this, input, signal);
    store.addEventListener("change", ({ detail }) => this.#onChange(detail), { signal });
    this.addEventListener("prompt", ({ detail }) => onClicks?.(detail.object));
    this.addEventListener("hover", ({ detail }) => onHover?.(detail.region));
    this.theme = theme;
    this.refresh();
  }
  destroy() {
    this.#lifetime.abort();
    this.#renderer.stop();
    this.#stack.destroy();
  }
  /** What has the keyboard's focus. */
  get element() {
    return this.#stack.top;
  }
  get tool() {
    return this.#toolName;
  }
  /** @param {string} name of one of the tools */
  set tool(name) {
    if (!this.#tools[name]) {
      throw new RangeError(`There is no tool "${name}": ${Object.keys(this.#tools).join(", ")}.`);
    }
    if (name !== this.#toolName) {
      const before = this.activeTool;
      before.cancel();
      before.hover(null);
      this.#toolName = name;
      before.deactivate();
      this.activeTool.activate();
      this.#stack.top.style.cursor = this.activeTool.cursor;
      this.emit("tool", { tool: name });
      this.redraw();
    }
  }
  get activeTool() {
    return this.#tools[this.#toolName];
  }
  // ---- where it is seen
  get viewport() {
    return this.camera.viewport;
  }
  get ratio() {
    return this.#stack.ratio;
  }
  get scale() {
    return this.viewport.scale;
  }
  get hasPicture() {
    return this.store.doc.base !== null;
  }
  /** Where the keyboard points, null while it does not. */
  get crosshair() {
    return this.#keyboard?.crosshair ?? null;
  }
  fit() {
    this.camera.fit();
  }
  /**
   * @param {number} scale device pixels per picture pixel; 1 is 1:1
   * @param {number} [x] with y the point that stays, in CSS pixels from the view's top left
   */
  zoomTo(scale, x = this.viewport.width / this.ratio / 2, y = this.viewport.height / this.ratio / 2) {
    this.camera.scaleBy(scale / this.scale, x * this.ratio, y * this.ratio);
  }
  #onMove(zoomed) {
    this.repaint();
    if (zoomed) {
      this.emit("zoom", { scale: this.scale });
    }
  }
  #resize(width, height) {
    this.camera.resize(width, height);
    this.#renderer.render();
  }
  // ---- what happens
  /** Goes `by` candidates on: of the region under the pointer, else of the selected object. */
  cycleCandidate(by = 1) {
    const { doc } = this.store;
    if (this.activeTool.cycle(by)) {
      return;
    }
    if (selectedObject(doc)?.candidates.length > 1) {
      this.store.do(text("did.candidate"), nextCandidate(doc, doc.selected, by), { merge: `candidate ${doc.selected}` });
    }
  }
  /** Passes "Delete", "Enter" or "Escape" to the active tool. @returns {boolean} whether the tool used it */
  handleKey(key) {
    return this.hasPicture && this.activeTool.handleKey(key);
  }
  focus() {
    this.#stack.top.focus({ preventScroll: true });
  }
  emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
  /** Announces a text to screen readers. */
  announce(text2) {
    this.#stack.announce(text2);
  }
  /** @param {{x: number, y: number} | null} at the pointer, in picture pixels */
  setCursor(at) {
    const base = this.store.doc.base;
    const inside = at && base && contains(boxOfSize(base), at.x, at.y);
    this.emit("cursor", inside ? { x: Math.floor(at.x), y: Math.floor(at.y) } : null);
  }
  #onChange({ before, doc }) {
    if (before.base !== doc.base) {
      this.activeTool.cancel();
      this.preview = this.live = null;
      this.repaint();
    }
    this.refresh();
    if (before.base?.width !== doc.base?.width || before.base?.height !== doc.base?.height) {
      this.fit();
    }
  }
  // ---- drawing
  /** Draws the overlays anew: points, boxes, the brush's ring. */
  redraw() {
    this.#renderer?.invalidateOverlays();
  }
  /** What a stroke has just covered. */
  invalidateStroke(box) {
    this.#renderer.invalidateStroke(box);
  }
  /** Resolves when everything is drawn. */
  whenDrawn() {
    return this.#renderer.whenDrawn();
  }
  refresh() {
    const { live, preview, overlay, compare, inverted } = this;
    this.#renderer?.setLook({ doc: this.store.doc, live, preview, overlay, compare, inverted });
  }
  repaint() {
    this.#renderer?.invalidateAll();
  }
};

// javascript/retouch/studio.mjs
function mount(root, { api: address, host }) {
  const studio = { root, host, store: new Store(newDocument()), settings: new Settings(), notices: new Notices() };
  followPicture(studio.store, studio.settings);
  studio.api = new ServerClient(address, encodePicture);
  studio.progress = new Progress(studio);
  studio.inpaintJobs = new InpaintJobs({ ...studio, pendingClicks: () => studio.pointToMask.whenSettled() });
  studio.fixJobs = new FixJobs(studio);
  studio.repaintJobs = new RepaintJobs(studio);
  studio.segmentJobs = new SegmentJobs(studio);
  studio.updateTools = () => [studio.toolbar, studio.toolOptions].forEach((part) => part.update());
  studio.isVisible = () => root.isConnected && root.getClientRects().length > 0;
  buildPage(studio);
  connectParts(studio);
  loadSchema(studio);
  return studio;
}
function buildPage(studio) {
  const { root, store } = studio;
  studio.canvasElement = h("div", { class: "rt-stage", "data-testid": "stage" });
  studio.view = new CanvasView(studio.canvasElement, store, { tools: makeTools });
  studio.pointToMask = new PointToMask(studio);
  studio.variationStrip = new VariationStrip(studio);
  studio.requestPlan = (signal) => requestPlan(studio, signal);
  studio.outpaintPlan = new OutpaintPlan(studio);
  studio.outpaintJobs = new OutpaintJobs(studio);
  studio.pictureLoader = new PictureLoader(studio);
  studio.commands = makeCommands(studio);
  studio.outpaintPanel = new OutpaintPanel(studio, new OutpaintStages(studio));
  studio.intents = new IntentsPanel(studio);
  studio.toolbar = new Toolbar(studio);
  studio.toolOptions = new ToolOptions(studio);
  studio.statusBar = new StatusBar(studio);
  studio.emptyState = makeEmptyState(studio.commands);
  const canvas = h(
    "main",
    { class: "rt-canvas", "aria-label": text("page.canvas") },
    studio.toolOptions.element,
    studio.canvasElement,
    studio.emptyState,
    studio.progress.element,
    studio.variationStrip.element
  );
  const objects = new ObjectsPanel(studio).element;
  const panel = h(
    "aside",
    { class: "rt-panel", "aria-label": text("page.panel") },
    studio.outpaintPanel.element,
    objects,
    studio.intents.elements,
    new StepsPanel(studio).element
  );
  root.classList.add("retouch-studio");
  root.replaceChildren(
    new Header(studio).element,
    studio.toolbar.element,
    canvas,
    panel,
    studio.statusBar.element,
    studio.notices.element
  );
  studio.theme = followTheme(root, studio.host, (theme) => studio.view.theme = theme);
}
function makeEmptyState(commands) {
  return h(
    "div",
    { class: "rt-empty", "data-testid": "empty" },
    icon("drop"),
    h("h2", {}, text("empty.drop")),
    h(
      "p",
      {},
      text("empty.paste"),
      h("button", { type: "button", class: "rt-link", onclick: commands.openFile }, text("empty.choose")),
      "."
    ),
    h("p", { class: "rt-hint" }, text("empty.then"))
  );
}
function connectParts(studio) {
  const { store, view, settings, inpaintJobs, notices, commands } = studio;
  studio.shortcuts = makeShortcuts(commands, makeConditions(studio));
  const stops = [
    listenForKeys(studio.shortcuts, studio.isVisible),
    listenForFiles(studio.root, studio.isVisible, { open: commands.loadFile, notices }),
    startAutosave(studio),
    attachTooltips(studio.root)
  ];
  if (studio.host === "webui") {
    stops.push(fillWindow(studio.root));
  }
  studio.destroy = () => [...stops, () => view.destroy(), () => studio.theme.stop()].forEach((stop) => stop());
  view.addEventListener("tool", () => (studio.updateTools(), studio.statusBar.updatePlan()));
  settings.addEventListener("change", () => studio.statusBar.updatePlan());
  inpaintJobs.addEventListener("jobs", () => studio.statusBar.updatePlan());
  const update = () => studio.emptyState.hidden = store.doc.base !== null;
  store.addEventListener("change", update);
  connectNotices(studio);
}
function makeConditions({ store, view, canvasElement }) {
  return {
    hasVariations: () => variationsOf(store.doc) !== null,
    isChoosing: () => variationsOf(store.doc) !== null && view.crosshair === null,
    isCrosshairHidden: () => view.crosshair === null,
    hasCandidates: (event) => !event.shiftKey && canvasElement.contains(event.target) && selectedObject(store.doc)?.candidates.length > 1
  };
}
function connectNotices({ api, notices }) {
  let away = null;
  api.addEventListener(
    "offline",
    () => away ??= notices.say(text("server.away"), "lasting")
  );
  api.addEventListener("online", () => {
    away?.();
    away = null;
    notices.say(text("server.back"));
  });
}
async function requestPlan({ store, settings, view, intents, api }, signal) {
  const { doc } = store;
  const [group] = view.tool === "extend" ? [] : groupByPrompt(doc, settings);
  if (!group || !intents.current) {
    return null;
  }
  const body = {
    verb: "inpaint",
    ...makeInpaintBody(group, intents.current.name, settings),
    ...await encodeMask(doc, group.mask),
    return_masks: settings.get("invert")
  };
  return signal.aborted ? null : api.postWithPicture(pickSentPicture(doc), "plan", body, signal);
}
async function loadSchema({ api, intents, outpaintPanel, notices, toolOptions }) {
  for (; ; ) {
    try {
      const [{ intents: known }, schema, { segmenters = [] }, { version }] = await Promise.all(
        ["intents", "schema", "models", "health"].map((path) => api.get(path))
      );
      showUpdateNotes(version, notices);
      toolOptions.setSegmenters(segmenters);
      outpaintPanel.describe(schema.OutpaintRequest ?? {});
      return intents.describe(known, schema.InpaintRequest ?? {});
    } catch (error) {
      if (error.status) {
        return notices.say(error.message, "error");
      }
      await api.whenOnline();
    }
  }
}
export {
  mount
};
