// Remembers what is written on canvases, and how large: `window.pens`, by canvas the sizes by word, in its dots.
(() => {
  window.pens = new Map();
  const pen = CanvasRenderingContext2D.prototype, fillText = pen.fillText;
  pen.fillText = function (words, ...where) {
    if (!pens.has(this.canvas)) pens.set(this.canvas, new Map());
    pens.get(this.canvas).set(String(words), parseFloat(this.font.match(/[\d.]+(?=px)/)) * this.getTransform().a);
    return fillText.call(this, words, ...where);
  };
})();
