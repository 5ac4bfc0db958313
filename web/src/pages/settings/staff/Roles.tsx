// What each role may do: the table that the server goes by.

import type { Organisation } from '../../../api/types';
import { Export } from '../../../parts/Head';
import { useSay } from '../../../words/say';

export function Roles({ all }: { all: Organisation }) {
  const { t } = useSay();
  const permissions = all.roles.reduce<string[]>((seen, role) => (role.permissions.length > seen.length ? role.permissions : seen), []);
  return (
    <details className="card roles">
      <summary>{t('staff.roles')}</summary>
      <div className="line"><span className="push"><Export what="roles" of={t('staff.roles')} /></span></div>
      <div className="roles-scroll">
        <table>
          <thead><tr><th />{all.roles.map((role) => <th key={role.id} scope="col">{t(`role.${role.id}`)}</th>)}</tr></thead>
          <tbody>
            <tr><th scope="row">{t('staff.role_reach')}</th>{all.roles.map((role) => <td key={role.id}>{t(`reach.${role.reach}`)}</td>)}</tr>
            {permissions.map((one) => (
              <tr key={one}><th scope="row">{t(`staff.permission.${one}`)}</th>{all.roles.map((role) => <td key={role.id}>{role.permissions.some((each) => each === one) ? '✓' : <span className="quiet">–</span>}</td>)}</tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
