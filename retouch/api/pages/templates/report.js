for (const slider of document.querySelectorAll(".compare input"))
  slider.oninput = () => slider.previousElementSibling.style.setProperty("--at", slider.value + "%");
