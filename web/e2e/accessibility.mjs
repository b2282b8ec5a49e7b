// Runs in the page: what any page must have to be usable with a keyboard and a screen reader.

/** Returns what is wrong, one line a thing. */
export function accessibilityProblems() {
  const problems = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  const shown = (element) => element.checkVisibility({ visibilityProperty: true });
  const outline = (element) => element.outerHTML.slice(0, 120);

  const nameOf = (element) => {
    const by = element.getAttribute("aria-labelledby");
    if (by) return by.split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? "").join(" ").trim();
    const label = element.getAttribute("aria-label");
    if (label) return label.trim();
    if (element.labels?.length) return [...element.labels].map((one) => one.textContent).join(" ").trim();
    return element.textContent.trim();
  };

  if (!document.documentElement.lang) problems.push("html has no lang");
  if (document.title === "") problems.push("the page has no title");
  if (all("main").length !== 1) problems.push(`${all("main").length} main elements`);
  if (all("h1").filter(shown).length !== 1) problems.push(`${all("h1").length} h1 elements`);

  let level = 0;
  for (const heading of all("h1, h2, h3, h4").filter(shown)) {
    const next = Number(heading.tagName[1]);
    if (next > level + 1) problems.push(`heading jumps from ${level} to ${next}: ${outline(heading)}`);
    level = next;
  }
  for (const element of all("a[href], button, input, select, textarea, summary, [role=region], [role=img]").filter(shown)) {
    if (nameOf(element) === "") problems.push(`no name: ${outline(element)}`);
  }
  for (const element of all("nav, section")) {
    if (nameOf(element) === "") problems.push(`landmark without a name: ${outline(element)}`);
  }
  for (const element of all("svg")) {
    const isHidden = element.getAttribute("aria-hidden") === "true";
    if (!isHidden && nameOf(element) === "") problems.push(`drawing without a name: ${outline(element)}`);
  }
  for (const element of all("[tabindex]")) {
    if (element.tabIndex > 0) problems.push(`positive tabindex: ${outline(element)}`);
  }
  for (const element of all("table th")) {
    if (!element.scope) problems.push(`header cell without scope: ${outline(element)}`);
  }
  for (const attribute of ["aria-labelledby", "aria-describedby", "aria-controls"]) {
    for (const element of all(`[${attribute}]`)) {
      for (const id of element.getAttribute(attribute).split(/\s+/)) {
        if (!document.getElementById(id)) problems.push(`${attribute} names nothing: ${outline(element)}`);
      }
    }
  }
  const ids = all("[id]").map((element) => element.id);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  if (twice.length > 0) problems.push(`ids used twice: ${twice.join(", ")}`);
  for (const element of all("[style]")) {
    // Set by script they are fine; this finds what came in as markup next to a strict policy.
    if (element.getAttribute("style").includes("url(")) problems.push(`url in a style: ${outline(element)}`);
  }
  const width = document.documentElement.clientWidth;
  const wide = document.documentElement.scrollWidth;
  if (wide > width) problems.push(`scrolls sideways: ${wide} > ${width}`);
  return problems;
}
