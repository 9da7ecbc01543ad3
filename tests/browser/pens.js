// Remembers what stands on canvases, and how large: `window.pens`, by canvas the sizes by word, in its dots.
(() => {
  window.pens = new Map();
  const pen = CanvasRenderingContext2D.prototype, { fillText, clearRect } = pen;
  const { set, ...width } = Object.getOwnPropertyDescriptor(HTMLCanvasElement.prototype, "width");
  pen.fillText = function (words, ...where) {
    if (!pens.has(this.canvas)) pens.set(this.canvas, new Map());
    pens.get(this.canvas).set(String(words), parseFloat(this.font.match(/[\d.]+(?=px)/)) * this.getTransform().a);
    return fillText.call(this, words, ...where);
  };
  // Whoever paints anew empties a canvas first, in one of two ways.
  pen.clearRect = function (...where) {
    pens.delete(this.canvas);
    return clearRect.call(this, ...where);
  };
  Object.defineProperty(HTMLCanvasElement.prototype, "width", { ...width, set(value) {
    pens.delete(this);
    set.call(this, value);
  } });
})();
