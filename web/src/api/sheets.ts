// Tables that come back with changes: what they would change, doing it, what was done.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from './client';
import type { SheetApplied, SheetBack, SheetDifferences, SheetPage, SheetTake } from './types';

export const useSheets = () => useQuery({ queryKey: ['sheets'], queryFn: () => api.get<SheetBack[]>('/api/sheets') });

export const useSheet = (id: number) => useQuery({ queryKey: ['sheets', id], queryFn: () => api.get<SheetPage>(`/api/sheets/${id}`) });

/** Compares a file with what stands; changes nothing. */
export const useCompared = () => useMutation({ mutationFn: (file: File) => api.post<SheetDifferences>(`/api/sheets/uploads?file_name=${encodeURIComponent(file.name)}`, file) });

/** Applying a file and taking it back; afterwards everything that was read is read again, since any of it may have changed. */
export function useSheetWork() {
  const client = useQueryClient();
  const again = () => client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'session' });
  const apply = useMutation({ mutationFn: ({ id, ...take }: SheetTake & { id: string }) => api.post<SheetApplied>(`/api/sheets/uploads/${id}/apply`, take), onSettled: again });
  const undo = useMutation({ mutationFn: (id: number) => api.post<SheetBack>(`/api/sheets/${id}/undo`), onSettled: again });
  return { apply, undo };
}
