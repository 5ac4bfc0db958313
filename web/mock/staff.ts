// The pretended firm's people: a small tree, somebody invited, a few lines of the audit.

import type { AuditPage, Organisation, Session } from '../src/api/types';
import { OWNERS } from './firm';

export const PERMISSIONS: Session['permissions'] = ['see_customers', 'work', 'export', 'unmask', 'see_definitions', 'edit_definitions', 'see_data', 'manage_data', 'administer'];

const person = (id: number, name: string, role: string, unit: number | null, customers: number) => ({
  id, version: 1, name, email: `cs${id}@yunfan.example`, role, owner_key: role === 'admin' ? null : name, unit_id: unit, active: true, customer_count: customers, at_risk_count: Math.round(customers / 9),
});

export const ORGANISATION: Organisation = {
  units: [
    { id: 1, version: 1, name: '客户成功部', parent_id: null, heads: [2], work_hours: null, staff_count: 3, customer_count: 420, at_risk_count: 46 },
    { id: 2, version: 1, name: '华东组', parent_id: 1, heads: [], work_hours: { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat'], spans: [{ from: '10:00', to: '14:00' }, { from: '15:00', to: '20:00' }], keeps_holidays: false }, staff_count: 2, customer_count: 210, at_risk_count: 23 },
  ],
  staff: [person(1, '苏晚晴', 'admin', null, 0), person(2, OWNERS[0]!, 'manager', 1, 210), person(3, OWNERS[1]!, 'owner', 2, 120), person(4, OWNERS[2]!, 'owner', 2, 90)],
  invitations: [{ id: 1, name: '林知远', email: 'lin@yunfan.example', role: 'owner', owner_key: '林知远', unit_id: 2, invited_by: '苏晚晴', created_at: '2025-11-01T01:00:00Z', expires_at: '2025-11-08T01:00:00Z', ended: false }],
  roles: [{ id: 'admin', reach: 'all', permissions: PERMISSIONS }, { id: 'owner', reach: 'mine', permissions: ['see_customers', 'work', 'export', 'unmask', 'see_definitions'] }],
  strangers: [{ owner: '老王', customer_count: 12 }],
  house_hours: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], spans: [{ from: '09:00', to: '18:00' }], keeps_holidays: true },
};

export const AUDIT: AuditPage = {
  rows: [
    { number: 9, sort: 'hand_over', what: 'handed_over', resource: 'hand_over', subject: '1', at: '2025-11-02T02:00:00Z', actor: '苏晚晴', detail: '{"customer_count":90,"case_count":4}' },
    { number: 8, sort: 'sign_in', what: 'sign_in_failed', resource: 'deed', subject: 'cs3@yunfan.example', at: '2025-11-02T01:00:00Z', actor: 'cs3@yunfan.example', detail: '{"peer":"10.0.0.7"}' },
  ],
  total: 2, next_cursor: null, actors: ['苏晚晴', 'cs3@yunfan.example'],
};
