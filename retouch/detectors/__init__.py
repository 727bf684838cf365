"""Find things in a picture and return Regions: YOLO files, mediapipe, OpenCV's cascades."""
