// What somebody types is asked about once they pause.

import { useEffect, useState } from 'react';

const REST_MS = 450;

/** A value that has stood still for a moment. */
export function useRested<T>(value: T, ms = REST_MS): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return rested;
}
