import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

let firstPage = true;

/** A page's heading. It takes the focus when the page is opened, so that reading starts here. */
export function Heading({
  title,
  children,
  name = title,
}: {
  title: ComponentChildren;
  /** The page's name in the browser's tab. */
  name?: ComponentChildren;
  children?: ComponentChildren;
}) {
  const element = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (firstPage) {
      firstPage = false;
      return;
    }
    scrollTo(0, 0);
    element.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    document.documentElement.dataset["page"] = typeof name === "string" ? name : "";
    dispatchEvent(new Event("jwtrail:page"));
  }, [name]);
  return (
    <header class="heading">
      <h1 tabIndex={-1} ref={element}>
        {title}
      </h1>
      {children}
    </header>
  );
}

export function Panel({
  title,
  aside,
  children,
  className = "",
}: {
  title: string;
  aside?: ComponentChildren;
  children: ComponentChildren;
  className?: string;
}) {
  const id = `panel-${title.toLowerCase().replaceAll(/\W+/g, "-")}`;
  return (
    <section class={`panel ${className}`} aria-labelledby={id}>
      <header class="panel-head">
        <h2 id={id}>{title}</h2>
        {aside !== undefined && <div class="panel-aside">{aside}</div>}
      </header>
      {children}
    </section>
  );
}

/** Links of which one is the chosen one. */
export function Choice<T extends string>({
  label,
  options,
  chosen,
  target,
}: {
  label: string;
  options: readonly (readonly [T, string])[];
  chosen: T;
  target: (option: T) => string;
}) {
  return (
    <nav class="choice" aria-label={label}>
      {options.map(([option, text]) => (
        <a key={option} href={target(option)} aria-current={option === chosen ? "true" : undefined}>
          {text}
        </a>
      ))}
    </nav>
  );
}
