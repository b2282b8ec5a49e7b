import type { ComponentChildren } from "preact";

import type { Query } from "../data/query";

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children !== undefined && <div class="empty-more">{children}</div>}
    </div>
  );
}

export function Skeleton({ label = "Loading" }: { label?: string }) {
  return (
    <div class="skeleton" role="status">
      <span class="hidden">{label}</span>
      <span aria-hidden="true" class="skeleton-line" />
      <span aria-hidden="true" class="skeleton-line" />
      <span aria-hidden="true" class="skeleton-line" />
    </div>
  );
}

export function Problem({ text, retry }: { text: string; retry?: () => void }) {
  return (
    <div class="problem" role="alert">
      <p>{text}</p>
      {retry && (
        <button type="button" class="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

/** What a query has: data, and above it the problem if the newest answer could not be had. */
export function Loaded<T>({
  query,
  children,
}: {
  query: Query<T>;
  children: (data: T) => ComponentChildren;
}) {
  return (
    <>
      {query.problem !== null && <Problem text={query.problem} retry={query.reload} />}
      {query.loading && <Skeleton />}
      {query.data !== null && children(query.data)}
    </>
  );
}
