"""Find things in a picture and return Regions: YOLO files, mediapipe, MTCNN, OpenCV's cascades."""
