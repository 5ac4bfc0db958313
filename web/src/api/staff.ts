// Staff and organisation, as queries and changes.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, type Query } from './client';
import type { AuditPage, HandOverView, InvitationMade, Organisation, Session, SheetRow, StaffSheet, Unmasked, WorkHours } from './types';

export const useOrganisation = () => useQuery({ queryKey: ['organisation'], queryFn: () => api.get<Organisation>('/api/organisation') });

export const useAudit = (filter: Query) => useQuery({ queryKey: ['audit', filter], queryFn: () => api.get<AuditPage>('/api/audit', filter) });

/** A change after which the tree is read again. */
export function useStaffWork<Told, Answer>(work: (told: Told) => Promise<Answer>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: work,
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['organisation'] });
      void client.invalidateQueries({ queryKey: ['audit'] });
    },
  });
}

export interface UnitTold { id: number | null; version: number | null; name: string; parent_id: number | null; heads: number[]; work_hours: WorkHours | null }
export interface PersonTold { name: string; email: string; role: string; owner_key: string | null; unit_id: number | null }

export const putUnit = ({ id, ...unit }: UnitTold) => (id === null ? api.post<Organisation>('/api/units', unit) : api.patch<Organisation>(`/api/units/${id}`, unit));
export const removeUnit = (id: number) => api.remove(`/api/units/${id}`);
export const putPerson = ({ id, ...person }: PersonTold & { id: number; version: number; active: boolean }) => api.patch<Organisation>(`/api/staff/${id}`, person);
export const invitePerson = (person: PersonTold) => api.post<InvitationMade>('/api/invitations', person);
export const withdraw = (id: number) => api.remove(`/api/invitations/${id}`);
export const readSheet = (file: File) => api.post<StaffSheet>(`/api/staff/sheet?file_name=${encodeURIComponent(file.name)}`, file);
export const inviteSheet = (rows: SheetRow[]) => api.post<InvitationMade[]>('/api/staff/sheet/invite', { rows });
export interface HandOverTold { id: number; version: number; receivers: number[] }
export const previewHandOver = ({ id, ...told }: HandOverTold) => api.post<HandOverView>(`/api/staff/${id}/hand-over/preview`, told);
export const handOver = ({ id, ...told }: HandOverTold) => api.post<HandOverView>(`/api/staff/${id}/hand-over`, told);
export const unmask = (customer: string) => api.post<Unmasked>(`/api/customers/${encodeURIComponent(customer)}/unmask`);

/** How far this session looks; everything that was read is read again. */
export function useReach() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (reach: string) => api.put<Session>('/api/session/reach', { reach }),
    onSuccess: async (session) => {
      client.setQueryData(['session'], session);
      await client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'session' });
    },
  });
}

/** The link of an invitation, as it is sent. The secret stands after the `#`: no server is told of it. */
export const linkOf = (made: InvitationMade) => `${location.origin}/join#${made.token}`;
