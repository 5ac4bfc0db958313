// A customer's name as a link to its page, at the same moment.

import { useQueryClient } from '@tanstack/react-query';
import { Link } from 'react-router';
import { goAhead } from '../ahead';
import { useMoment, withMoment } from '../frame/moment';

export const customerAddress = (id: string) => `/customers/${encodeURIComponent(id)}`;

export function CustomerName({ id, name, clamp = 1 }: { id: string; name: string; clamp?: 1 | 2 }) {
  const { asOf } = useMoment();
  const client = useQueryClient();
  // Between pressing and letting go there is time to ask.
  const approach = ({ currentTarget: { pathname, search } }: { currentTarget: HTMLAnchorElement }) => void goAhead(client, { pathname, search });
  return <Link to={withMoment(customerAddress(id), asOf)} onPointerDown={approach} className={`sheet-name ${clamp === 2 ? 'clip-2' : 'clip'}`} title={name} style={clamp === 1 ? { display: 'block' } : undefined}>{name}</Link>;
}
