import { createStore } from "./store";

export type Theme = "system" | "light" | "dark";

const root = document.documentElement;
const stored = root.dataset["theme"];

export const theme = createStore<Theme>(stored === "light" || stored === "dark" ? stored : "system");

/** Counts up when the colours on the screen change: drawings on a canvas must be redone. */
export const colours = createStore(0);

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  colours.set(colours.get() + 1);
});

export function choose(next: Theme): void {
  if (next === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = next;
  try {
    if (next === "system") localStorage.removeItem(STORAGE_KEY);
    else localStorage.setItem(STORAGE_KEY, next);
  } catch {
    // Storage is switched off: the choice lasts until the page is left.
  }
  theme.set(next);
  colours.set(colours.get() + 1);
}

/** The colour that a custom property stands for now, in a form that a canvas takes. */
export function colour(property: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${property})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

const STORAGE_KEY = "jwtrail-theme";
