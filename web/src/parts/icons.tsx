import type { Severity } from "../data/types";

/** Each severity has its own shape: it is told apart without its colour. */
export function SeverityIcon({ severity }: { severity: Severity }) {
  return (
    <svg class={`icon sev-${severity}`} viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      {SHAPES[severity]}
    </svg>
  );
}

export function Icon({ name }: { name: keyof typeof ICONS }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 16 16"
      width="16"
      height="16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {ICONS[name]}
    </svg>
  );
}

const SHAPES = {
  critical: (
    <>
      <path d="M5 .8h6l4.2 4.200v6L11 15.200H5L.8 11V5z" fill="currentColor" />
      <path d="M8 4v5M8 11.600v.1" class="icon-cut" />
    </>
  ),
  high: (
    <>
      <path d="M8 1l7.3 13.300H.7z" fill="currentColor" stroke="currentColor" stroke-linejoin="round" />
      <path d="M8 6v4M8 12.200v.1" class="icon-cut" />
    </>
  ),
  medium: <path d="M8 .8L15.2 8 8 15.2.8 8z" fill="currentColor" />,
  low: <circle cx="8" cy="8" r="6" fill="currentColor" />,
  informational: <circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-width="2" />,
};

const ICONS = {
  logo: <path d="M1.5 3.500h2M6.5 3.500h8M1.5 8h6M10.5 8h4M1.5 12.500h1M5.5 12.500h9" stroke-width="1.9" />,
  overview: <path d="M1.5 14.500h13M3.5 11.500v-3M8 11.500v-9M12.5 11.500v-6" />,
  alerts: <path d="M8 1.800a4.3 4.3 0 0 0-4.3 4.300c0 4.4-1.7 5.4-1.7 5.400h12s-1.7-1-1.7-5.400A4.3 4.3 0 0 0 8 1.800zM6.5 14.200h3" />,
  quarantine: <path d="M8 1.500l5.5 2v4.500c0 3.300-2.300 5.500-5.500 6.500-3.200-1-5.500-3.200-5.500-6.500V3.500zM5.800 8h4.400" />,
  search: <path d="M7 12.300A5.3 5.3 0 1 0 7 1.700a5.3 5.3 0 0 0 0 10.600zM10.9 10.900l3.6 3.6" />,
  rules: <path d="M2 4l1.2 1.200L5.5 2.700M2 11l1.2 1.2 2.3-2.500M8 4h6.500M8 11h6.5" />,
  health: <path d="M1 8.500h3l2-5.5 3.5 10 2-4.500H15" />,
  sun: <path d="M8 10.800a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.600zM8 1v1.500M8 13.500V15M1 8h1.500M13.5 8H15M3 3l1.1 1.100M11.9 11.900L13 13M13 3l-1.1 1.100M4.1 11.900L3 13" />,
  moon: <path d="M13.8 9.600A6 6 0 0 1 6.4 2.200a6 6 0 1 0 7.4 7.400z" />,
  system: <path d="M1.5 2.500h13v9h-13zM5.5 14.500h5M8 11.500v3" />,
  leave: <path d="M6 14H2.500V2H6M10.5 11.500L14 8l-3.5-3.500M13.5 8H6" />,
  chevron: <path d="M6 3.500L10.5 8 6 12.5" />,
  tick: <path d="M3 8.500l3.3 3.300L13 4.8" stroke-width="1.9" />,
  cross: <path d="M4 4l8 8M12 4l-8 8" stroke-width="1.9" />,
  dash: <path d="M4 8h8" />,
  dot: <circle cx="8" cy="8" r="2.6" fill="currentColor" stroke="none" />,
};
