// Who may change rules: administrators, and nobody in the past.

import { useMoment } from '../../frame/moment';
import { useSession } from '../../words/say';

export function useMayChange(): boolean {
  const { canAct } = useMoment();
  const role = useSession()?.staff?.role;
  return canAct && role === 'admin';
}
