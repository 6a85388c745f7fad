// Describes the elements that match `selector`: what they say, where they are, and a place where a click reaches them.
({selector, width, height}) => {
  const GRID = [0.5, 0.3, 0.7, 0.15, 0.85, 0.05, 0.95];

  const reaches = (element, x, y) => {
    const hit = document.elementFromPoint(x, y);
    if (!hit) return false;
    const label = hit.closest('label');
    return element.contains(hit) || (label !== null && label.control === element);
  };

  // The first place, from the middle outwards, inside the picture and not covered by anything else.
  const place = (element) => {
    for (const box of element.getClientRects())
      for (const dy of GRID)
        for (const dx of GRID) {
          const x = box.left + dx * box.width, y = box.top + dy * box.height;
          if (x > 0 && y > 0 && x < width && y < height && reaches(element, x, y)) return [x, y];
        }
    return null;
  };

  // The area that scrolls `element`, and how far it must move to bring it to the middle.
  const scroller = (element) => {
    for (let area = element.parentElement; area; area = area.parentElement) {
      const scrolls = /auto|scroll/.test(getComputedStyle(area).overflowY) || area.tagName === 'SELECT';
      if (!scrolls || area.scrollHeight <= area.clientHeight + 1) continue;
      const inner = element.getBoundingClientRect(), outer = area.getBoundingClientRect();
      const top = Math.max(outer.top, 0), bottom = Math.min(outer.bottom, height);
      const middle = [(Math.max(outer.left, 0) + Math.min(outer.right, width)) / 2, (top + bottom) / 2];
      return {at: middle, by: (inner.top + inner.bottom) / 2 - middle[1]};
    }
    return null;
  };

  return Array.from(document.querySelectorAll(selector), (element) => {
    const box = element.getBoundingClientRect(), at = place(element);
    return {
      tag: element.tagName.toLowerCase(),
      text: element.textContent.replace(/\s+/g, ' ').trim(),
      value: 'value' in element ? String(element.value) : '',
      checked: element.checked === true || element.selected === true,
      attributes: Object.fromEntries(Array.from(element.attributes, (item) => [item.name, item.value])),
      color: getComputedStyle(element).backgroundColor,
      shown: element.checkVisibility({visibilityProperty: true}) && box.width > 0 && box.height > 0,
      box: [box.left, box.top, box.right, box.bottom],
      at,
      scroller: at ? null : scroller(element),
    };
  });
}
