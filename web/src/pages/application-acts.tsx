import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { ask, serverNow } from '../data/api.ts';
import { time } from '../data/format.ts';
import { useText } from '../data/language.tsx';
import type { ApplicationView } from '../data/queries.ts';
import { useSession } from '../data/session.tsx';
import { Failed } from '../design/parts.tsx';

const withdrawable: readonly ApplicationView['status'][] = [
  // A draft is deleted.
  ...(['submitted', 'sign-off', 'returned', 'deduplication', 'adjudication'] as const),
  ...(['pooled', 'allocated', 'noticed'] as const),
];

export function Withdrawal({ application }: { readonly application: ApplicationView }) {
  const t = useText();
  const { person } = useSession();
  const queries = useQueryClient();
  const [isAsked, setAsked] = useState(false);
  const [reason, setReason] = useState('');
  const [error, setError] = useState<unknown>();
  const { applicationId, status } = application;
  if (!person?.roles.includes('organisation-admin') || !withdrawable.includes(status)) return null;
  const withdraw = async () => {
    setError(undefined);
    try {
      await ask('POST /v1/applications/{applicationId}/withdrawal', {
        params: { applicationId },
        body: reason.trim() === '' ? {} : { reason: reason.trim() },
      });
      setAsked(false);
      await queries.invalidateQueries({ queryKey: ['application', applicationId] });
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <section className="screen">
      <h2>{t({ zh: '撤回', en: 'Withdraw' })}</h2>
      {error !== undefined && <Failed error={error} />}
      {isAsked ? (
        <>
          <div className="field">
            <label htmlFor="reason">{t({ zh: '原因（可不填）', en: 'Reason (optional)' })}</label>
            <input
              id="reason"
              value={reason}
              maxLength={500}
              onChange={({ target }) => setReason(target.value)}
            />
          </div>
          <div className="actions">
            <button type="button" className="danger" onClick={() => void withdraw()}>
              {t({ zh: '确认撤回，不可恢复', en: 'Withdraw it for good' })}
            </button>
            <button type="button" onClick={() => setAsked(false)}>
              {t({ zh: '不撤回', en: 'Keep it' })}
            </button>
          </div>
        </>
      ) : (
        <button type="button" className="danger" onClick={() => setAsked(true)}>
          {t({ zh: '撤回申报', en: 'Withdraw the application' })}
        </button>
      )}
    </section>
  );
}

/** What may be asked against a refusal, and what came of it. */
export function Reconsideration({
  applicationId,
  reconsideration: { askBefore, asked, upheld, citation },
}: {
  readonly applicationId: string;
  readonly reconsideration: NonNullable<ApplicationView['reconsideration']>;
}) {
  const t = useText();
  const { person } = useSession();
  const queries = useQueryClient();
  const [grounds, setGrounds] = useState('');
  const [error, setError] = useState<unknown>();
  if (upheld) {
    return (
      <section className="told">
        <h2>{t({ zh: '复核结果：维持原决定', en: 'Reconsidered: the refusal stands' })}</h2>
        <p>
          {t(upheld.reason)} <span className="soft">（{upheld.citation}）</span>
        </p>
      </section>
    );
  }
  if (asked) {
    return (
      <section className="told">
        <h2>{t({ zh: '复核申请已受理', en: 'It is being reconsidered' })}</h2>
        <p>
          {t({
            zh: `由未参与原决定的人员复核，应于 ${time(asked.dueAt, 'zh')} 前作出决定。`,
            en: `People who had no part in the refusal decide, by ${time(asked.dueAt, 'en')}.`,
          })}
        </p>
        <p>{asked.grounds}</p>
      </section>
    );
  }
  if (Date.parse(askBefore) < serverNow()) {
    return (
      <p>
        {t({
          zh: `复核申请期限已于 ${time(askBefore, 'zh')} 届满（${citation}）。`,
          en: `The time for asking to have it reconsidered ended at ${time(askBefore, 'en')} （${citation}）.`,
        })}
      </p>
    );
  }
  const request = async () => {
    setError(undefined);
    try {
      await ask('POST /v1/applications/{applicationId}/reconsideration', {
        params: { applicationId },
        body: { grounds },
      });
      await queries.invalidateQueries({ queryKey: ['application', applicationId] });
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <section className="told screen">
      <h2>{t({ zh: '不服决定，可申请复核', en: 'You can have the refusal reconsidered' })}</h2>
      <p>
        {t({
          zh: `请在 ${time(askBefore, 'zh')} 前提出（${citation}）。复核由未参与原决定的人员作出，只能申请一次。`,
          en: `Ask by ${time(askBefore, 'en')} （${citation}）. People who had no part in it decide. It can be asked once.`,
        })}
      </p>
      {person?.roles.includes('organisation-admin') ? (
        <>
          {error !== undefined && <Failed error={error} />}
          <div className="field">
            <label htmlFor="grounds">{t({ zh: '复核理由', en: 'Grounds' })}</label>
            <span className="hint" id="grounds-hint">
              {t({ zh: '10 至 4000 字', en: '10 to 4,000 characters' })}
            </span>
            <textarea
              id="grounds"
              rows={5}
              maxLength={4000}
              aria-describedby="grounds-hint"
              value={grounds}
              onChange={({ target }) => setGrounds(target.value)}
            />
          </div>
          <button type="button" className="first" onClick={() => void request()}>
            {t({ zh: '提交复核申请', en: 'Ask for it' })}
          </button>
        </>
      ) : (
        <p>
          {t({ zh: '由本单位的企业管理员提出。', en: 'An administrator of your organisation asks for it.' })}
        </p>
      )}
    </section>
  );
}

/** Gives what is still to be filled in to a colleague. */
export function Handover({ application }: { readonly application: ApplicationView }) {
  const t = useText();
  const { person } = useSession();
  const queries = useQueryClient();
  const [to, setTo] = useState('');
  const [error, setError] = useState<unknown>();
  const { applicationId, status, handover } = application;
  if (status !== 'draft' && status !== 'returned') return null;
  const act = async (request: () => Promise<unknown>) => {
    setError(undefined);
    try {
      await request();
      setTo('');
      await queries.invalidateQueries({ queryKey: ['application', applicationId] });
    } catch (failure) {
      setError(failure);
    }
  };
  const params = { applicationId };
  return (
    <section className="screen">
      <h2>{t({ zh: '移交同事', en: 'Hand it to a colleague' })}</h2>
      {error !== undefined && <Failed error={error} />}
      {handover?.to === person?.id && handover !== undefined ? (
        <>
          <p>
            {t({ zh: '同事已将本申报移交给您。', en: 'A colleague has offered this application to you.' })}
          </p>
          <button
            type="button"
            className="first"
            onClick={() =>
              void act(() => ask('POST /v1/applications/{applicationId}/handover/acceptance', { params }))
            }
          >
            {t({ zh: '接办', en: 'Take it over' })}
          </button>
        </>
      ) : (
        <>
          {handover && (
            <p>
              {t({
                zh: `已提出移交给 ${handover.to}，等待接办。`,
                en: `Offered to ${handover.to}, not taken over yet.`,
              })}
            </p>
          )}
          <div className="field">
            <label htmlFor="colleague">{t({ zh: '同事的登录账号', en: 'Account of the colleague' })}</label>
            <input
              id="colleague"
              value={to}
              autoComplete="off"
              onChange={({ target }) => setTo(target.value)}
            />
          </div>
          <button
            type="button"
            disabled={to.trim() === ''}
            onClick={() =>
              void act(() =>
                ask('POST /v1/applications/{applicationId}/handover', { params, body: { to: to.trim() } }),
              )
            }
          >
            {t({ zh: '提出移交', en: 'Offer it' })}
          </button>
        </>
      )}
    </section>
  );
}

/** Begins a new draft from what was filled in here. */
export function Copying({
  application: { applicationId, status },
}: {
  readonly application: ApplicationView;
}) {
  const t = useText();
  const navigate = useNavigate();
  const [error, setError] = useState<unknown>();
  const key = useRef(crypto.randomUUID());
  if (status === 'draft') return null;
  const copy = async () => {
    setError(undefined);
    try {
      const { body } = await ask('POST /v1/applications/{applicationId}/copies', {
        params: { applicationId },
        headers: { 'idempotency-key': key.current },
      });
      await navigate({
        to: '/applications/$applicationId/form',
        params: { applicationId: body.application.applicationId },
      });
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <section className="screen">
      <h2>{t({ zh: '再次申报', en: 'Apply again' })}</h2>
      <p>
        {t({
          zh: '以本次填报内容建立新的草稿；材料须重新上传。',
          en: 'A new draft begins with what was filled in here. Documents are added again.',
        })}
      </p>
      {error !== undefined && <Failed error={error} />}
      <button type="button" onClick={() => void copy()}>
        {t({ zh: '复制为新草稿', en: 'Copy into a new draft' })}
      </button>
    </section>
  );
}
