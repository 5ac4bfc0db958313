// The contract that comes to its end next, with the three intentions, each by itself.

import { Link } from 'react-router';
import { useCustomerRenewals } from '../../api/renewals';
import { useMoment, withMoment } from '../../frame/moment';
import { useSay } from '../../words/say';
import { renewalAddress } from '../renewals/address';
import { Answered, Computed, Due, Judged, Money } from '../renewals/Pieces';

export function NextRenewal({ customer }: { customer: string }) {
  const { t } = useSay();
  const { asOf } = useMoment();
  const row = useCustomerRenewals(customer).data?.next;
  if (!row) return null;
  return (
    <section className="card part">
      <div className="line part-title"><h2>{t('renewal.next_due')}</h2><span className="push" /><Link className="link small" to={withMoment(renewalAddress(row), asOf)}>{t('renewal.see')}</Link></div>
      <div className="line wrap"><Due row={row} /><span className="push" /><Money amount={row.amount} /></div>
      <dl className="traits">
        <div><dt>{t('renewal.judged')}</dt><dd><Judged row={row} /></dd></div>
        <div><dt>{t('renewal.answered')}</dt><dd><Answered row={row} /></dd></div>
        <div><dt>{t('renewal.model')}</dt><dd><Computed row={row} /></dd></div>
        <div><dt>{t('renewal.stage')}</dt><dd>{t(`renewal.stages.${row.stage}`)}</dd></div>
        {row.next_step && <div><dt>{t('renewal.next')}</dt><dd>{row.next_step}</dd></div>}
      </dl>
    </section>
  );
}
