// Line icons on a 20 grid, drawn for this house. Decoration only: words stand beside them or in a label.

const paths = {
  today: 'M3.5 8h13M6.5 2.5v3M13.5 2.5v3M5 4h10a1.5 1.5 0 0 1 1.5 1.5v10A1.5 1.5 0 0 1 15 17H5a1.5 1.5 0 0 1-1.5-1.5v-10A1.5 1.5 0 0 1 5 4ZM7.5 12.2l1.8 1.8 3.4-3.6',
  customers: 'M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2 16.5c0-2.8 2.4-4.5 5.5-4.5s5.5 1.7 5.5 4.5M13.2 3.8a3 3 0 0 1 0 5.4M15 12.4c1.9.6 3 2 3 4.1',
  alerts: 'M5 8.5a5 5 0 0 1 10 0c0 4 1.5 5 1.5 5h-13S5 12.5 5 8.500ZM8.3 16.500a2 2 0 0 0 3.4 0',
  churn: 'M3 3v14h14M6 6.500l3.5 4 2.5-2 4.5 5M16.5 10v3.500H13',
  data: 'M10 7c3.6 0 6-1 6-2.300S13.6 2.5 10 2.5 4 3.4 4 4.7 6.4 7 10 7ZM4 4.700V10c0 1.3 2.4 2.3 6 2.300s6-1 6-2.300V4.700M4 10v5.200c0 1.3 2.4 2.3 6 2.300s6-1 6-2.300V10',
  settings: 'M3 6h7M14 6h3M3 14h3M10 14h7M12 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM8 16a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
  search: 'M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12ZM13.5 13.5 17 17',
  clock: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM10 6v4.200l2.8 1.6',
  sun: 'M10 13.500a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM10 2v1.500M10 16.500V18M18 10h-1.500M3.5 10H2M15.7 4.300l-1.1 1.100M5.4 14.600l-1.1 1.100M15.7 15.700l-1.1-1.100M5.4 5.4 4.3 4.3',
  moon: 'M16.5 11.500A6.8 6.8 0 0 1 8.5 3.500a6.8 6.8 0 1 0 8 8Z',
  down: 'm5.5 8 4.5 4.500L14.5 8',
  right: 'm8 5.5 4.5 4.500L8 14.5',
  left: 'm12 5.5-4.5 4.5 4.5 4.5',
  arrow: 'M4 10h11.500M11 5.500l4.5 4.5-4.5 4.5',
  close: 'm5.5 5.5 9 9M14.5 5.500l-9 9',
  check: 'm4.5 10.5 3.5 3.5 7.5-8',
  export: 'M10 3v9M6.5 8.5 10 12l3.5-3.500M3.5 13.500V15A1.5 1.5 0 0 0 5 16.500h10a1.5 1.5 0 0 0 1.5-1.500v-1.5',
  upload: 'M10 12.500V3M6.5 6.5 10 3l3.5 3.500M3.5 13.500V15A1.5 1.5 0 0 0 5 16.500h10a1.5 1.5 0 0 0 1.5-1.500v-1.5',
  again: 'M16 5v3.500h-3.500M4 15v-3.500h3.500M15.6 8.500A6 6 0 0 0 5 6.700M4.4 11.500A6 6 0 0 0 15 13.3',
  plus: 'M10 4v12M4 10h12',
  person: 'M10 9.500a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.400ZM3.8 17c0-3 2.7-5 6.2-5s6.2 2 6.2 5',
  key: 'M7 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM9.8 9.2 16.5 2.500M13 6l2.5 2.5',
  leave: 'M8 3.500H5A1.5 1.5 0 0 0 3.5 5v10A1.5 1.5 0 0 0 5 16.500h3M12.5 13.5 16 10l-3.5-3.500M16 10H7.5',
  file: 'M11.5 2.500H6A1.5 1.5 0 0 0 4.5 4v12A1.5 1.5 0 0 0 6 17.500h8a1.5 1.5 0 0 0 1.5-1.500V6.500ZM11.5 2.500v4h4',
  more: 'M5 10h.010M10 10h.010M15 10h.010',
  up: 'm5.5 12 4.5-4.5 4.5 4.5',
  keys: 'M3.5 5h13A1.5 1.5 0 0 1 18 6.500v7a1.5 1.5 0 0 1-1.5 1.500h-13A1.5 1.5 0 0 1 2 13.500v-7A1.5 1.5 0 0 1 3.5 5ZM5.5 8.500h.010M8.5 8.500h.010M11.5 8.500h.010M14.5 8.500h.010M6.5 12h7',
  book: 'M4 4.500A1.5 1.5 0 0 1 5.5 3H16v11.500H5.500A1.5 1.5 0 0 0 4 16ZM4 16a1.5 1.5 0 0 0 1.5 1.500H16',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth={name === 'more' ? 2.4 : 1.5}
      strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" style={{ flex: 'none', display: 'block' }}>
      <path d={paths[name]} />
    </svg>
  );
}

/** The guest who stays: an open ring with a dot inside. */
export function Mark({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" style={{ flex: 'none', display: 'block' }}>
      <path d="M23.07 6.670A12 12 0 1 0 27.82 13.92" fill="none" stroke="var(--accent)" strokeWidth="3.6" strokeLinecap="round" transform="rotate(8 16 16)" />
      <circle cx="16" cy="16" r="4.4" fill="var(--accent)" />
    </svg>
  );
}
