import { useState } from 'react';
import { type Answer, ask } from '../data/api.ts';
import { time } from '../data/format.ts';
import { useLanguage, useText } from '../data/language.tsx';
import { Facts, Failed } from '../design/parts.tsx';
import type { Applicant } from '../design/signed-in.tsx';

type Change = NonNullable<Answer<'GET /v1/bank-account'>['change']>;

/** What waits to be confirmed or cools off, and what this person may do about it. */
export function AccountChange({
  person,
  change,
  decided,
}: {
  readonly person: Applicant;
  readonly change: Change;
  /** Whether it was taken; if not, somebody else may have been quicker. */
  readonly decided: (isDone: boolean) => Promise<unknown>;
}) {
  const t = useText();
  const { language } = useLanguage();
  const [reason, setReason] = useState('');
  const [error, setError] = useState<unknown>();
  const isOwn = change.proposedBy === person.id;
  const isWaiting = change.status === 'proposed';
  const { contentHash } = change;
  const someone = (id: string) => (id === person.id ? t({ zh: '本人', en: 'you' }) : id);
  const decide = async (decision: 'confirm' | 'refuse' | 'withdraw') => {
    setError(undefined);
    try {
      await ask('POST /v1/bank-account/decision', {
        body:
          decision === 'refuse'
            ? { decision, contentHash, reason: reason.trim() }
            : { decision, contentHash },
      });
      await decided(true);
    } catch (failure) {
      setError(failure);
      await decided(false);
    }
  };
  return (
    <section className="screen">
      <h2>
        {isWaiting
          ? t({ zh: '待确认的账户', en: 'An account waits to be confirmed' })
          : t({ zh: '冷静期内的账户', en: 'An account cools off' })}
      </h2>
      <Facts
        items={[
          [t({ zh: '开户银行', en: 'Bank' }), change.bank],
          [t({ zh: '账号末四位', en: 'Last four digits' }), change.accountNumber],
          [
            t({ zh: '提出', en: 'Proposed' }),
            `${time(change.proposedAt, language)} · ${someone(change.proposedBy)}`,
          ],
          ...(change.confirmedAt !== undefined && change.inForceFrom !== undefined
            ? ([
                [
                  t({ zh: '确认', en: 'Confirmed' }),
                  `${time(change.confirmedAt, language)} · ${someone(change.confirmedBy ?? '')}`,
                ],
                [t({ zh: '生效', en: 'Counts from' }), time(change.inForceFrom, language)],
              ] as const)
            : []),
        ]}
      />
      <p>{t(next(change, isOwn))}</p>
      {error !== undefined && <Failed error={error} />}
      {isOwn ? (
        <div className="actions">
          <button type="button" className="danger" onClick={() => void decide('withdraw')}>
            {t({ zh: '撤回', en: 'Withdraw it' })}
          </button>
        </div>
      ) : (
        <>
          {isWaiting && person.roles.includes('organisation-admin') && (
            <div className="actions">
              <button type="button" className="first" onClick={() => void decide('confirm')}>
                {t({ zh: '确认', en: 'Confirm it' })}
              </button>
            </div>
          )}
          <div className="field">
            <label htmlFor="reason">{t({ zh: '否决理由', en: 'Reason to refuse it' })}</label>
            <input
              id="reason"
              value={reason}
              maxLength={500}
              autoComplete="off"
              onChange={({ target }) => setReason(target.value)}
            />
          </div>
          <div className="actions">
            <button type="button" className="danger" onClick={() => void decide('refuse')}>
              {t({ zh: '否决', en: 'Refuse it' })}
            </button>
          </div>
        </>
      )}
    </section>
  );
}

/** What happens next, and by whom. */
function next({ status, district }: Change, isOwn: boolean) {
  if (status === 'cooling-off') {
    return {
      zh: '期满前仍付至原账户。如非本单位所为，请立即否决或撤回。',
      en: 'Until then awards go to the earlier account. If this is not of your enterprise, stop it at once.',
    };
  }
  if (district !== undefined) {
    return {
      zh: '未见本单位有其他企业管理员登录，由登记所在区的工信部门确认；其他企业管理员登录后也可确认。',
      en: 'No other administrator of your enterprise was seen, so the district of registration confirms it; another administrator who logs in may, too.',
    };
  }
  return isOwn
    ? {
        zh: '等待本单位另一名企业管理员确认，提出人不得自行确认。',
        en: 'Another administrator of your enterprise confirms it; whoever proposed it cannot.',
      }
    : {
        zh: '请与提出人核实账户后再确认；由企业管理员确认，任何人均可否决。',
        en: 'Ask whoever proposed it before you confirm. An administrator confirms; anybody may refuse.',
      };
}
