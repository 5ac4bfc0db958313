// Every kind of source, by how its data comes: sent to us, fetched by us.

import type { IconName } from '../../parts/Icon';

export type Way = 'events' | 'hooks' | 'databases' | 'pulled';

export interface SourceKind { id: string; way: Way; icon: IconName }

/** In the order in which a firm looks for them. */
export const KINDS: SourceKind[] = [
  { id: 'segment', way: 'events', icon: 'pulse' },
  { id: 'sensors', way: 'events', icon: 'pulse' },
  { id: 'webhook', way: 'hooks', icon: 'hook' },
  { id: 'jiandaoyun', way: 'hooks', icon: 'hook' },
  { id: 'wecom', way: 'hooks', icon: 'chat' },
  { id: 'postgres', way: 'databases', icon: 'database' },
  { id: 'mysql', way: 'databases', icon: 'database' },
  { id: 'sqlserver', way: 'databases', icon: 'database' },
  { id: 'sqlite', way: 'databases', icon: 'database' },
  { id: 'http', way: 'pulled', icon: 'link' },
  { id: 'folder', way: 'pulled', icon: 'folder' },
  { id: 'sftp', way: 'pulled', icon: 'folder' },
];

export const WAYS: Way[] = ['events', 'hooks', 'databases', 'pulled'];

export const kindOf = (id: string): SourceKind => KINDS.find((one) => one.id === id) ?? { id, way: 'pulled', icon: 'file' };

/** Whether we go and fetch it, on a schedule. */
export const isFetched = (id: string): boolean => ['databases', 'pulled'].includes(kindOf(id).way) && id !== 'files';
