// What a reader stumbles over.

/** Runs in the page: short words that are broken over two lines. Ids may be, words may not. */
export function brokenWords() {
  const broken = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
    if (!node.parentElement?.checkVisibility() || node.parentElement.closest(".id, code, .sub")) continue;
    for (const { 0: word, index } of node.data.matchAll(/(?<![\w@.-])[A-Za-z]{2,12}(?![\w@.-])/g)) {
      const range = document.createRange();
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const tops = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
      if (tops.size > 1) broken.push(`${word} in ${node.parentElement.outerHTML.slice(0, 80)}`);
    }
  }
  return broken;
}
