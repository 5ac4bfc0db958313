// What reaches whom, by which channel, and what became of it: one's own choice for everybody, the channels for
// administrators.

import { useSession } from '../../../words/say';
import { Channels } from './Channels';
import { Choice } from './Choice';
import { Deliveries } from './Deliveries';
import './notices.css';

export function NoticeSettings() {
  const admin = useSession()?.staff?.role === 'admin';
  return (
    <div className="stack notice-settings">
      {admin && <Channels />}
      <Choice />
      <Deliveries admin={admin} />
    </div>
  );
}
