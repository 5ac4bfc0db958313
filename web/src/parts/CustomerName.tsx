// A customer's name as a link to its page, at the same moment.

import { Link } from 'react-router';
import { useMoment, withMoment } from '../frame/moment';

export const customerAddress = (id: string) => `/customers/${encodeURIComponent(id)}`;

export function CustomerName({ id, name, clamp = 1 }: { id: string; name: string; clamp?: 1 | 2 }) {
  const { asOf } = useMoment();
  return <Link to={withMoment(customerAddress(id), asOf)} className={`sheet-name ${clamp === 2 ? 'clip-2' : 'clip'}`} title={name} style={clamp === 1 ? { display: 'block' } : undefined}>{name}</Link>;
}
