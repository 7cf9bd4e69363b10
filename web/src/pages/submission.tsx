import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { ask, Problem } from '../data/api.ts';
import { time } from '../data/format.ts';
import { useLanguage, useText } from '../data/language.tsx';
import { useSession } from '../data/session.tsx';
import { Failed } from '../design/parts.tsx';

/** Hands an application in, once, whatever the network does; an administrator of the organisation does it. */
export function Submission({
  applicationId,
  isIncomplete,
  isCorrection,
  awaited,
}: {
  readonly applicationId: string;
  readonly isIncomplete: boolean;
  readonly isCorrection: boolean;
  readonly awaited: readonly string[];
}) {
  const t = useText();
  const { language } = useLanguage();
  const { person } = useSession();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [isDeclared, setDeclared] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const key = useRef(submissionKey(applicationId));
  const mayDo = person?.roles.includes('organisation-admin') ?? false;
  if (!mayDo) {
    return (
      <div className="told">
        <p>
          {t({
            zh: '您可以填写和修改；提交由本单位的企业管理员完成。请通知管理员登录后在“我的申报”中提交。',
            en: 'You may fill it in and change it. An administrator of your organisation submits it: under “My applications”.',
          })}
        </p>
      </div>
    );
  }
  const submit = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const { body } = await ask('POST /v1/applications/{applicationId}/submission', {
        params: { applicationId },
        headers: { 'idempotency-key': key.current },
        ...(awaited.length > 0 && { query: { without: awaited.join(',') } }),
      });
      sessionStorage.removeItem(keyName(applicationId));
      await queries.invalidateQueries({ queryKey: ['application', applicationId] });
      await queries.invalidateQueries({ queryKey: ['applications'] });
      await navigate({
        to: '/applications/$applicationId',
        params: { applicationId: body.applicationId },
        hash: 'receipt',
      });
    } catch (failure) {
      if (failure instanceof Problem && failure.status < 500) {
        sessionStorage.removeItem(keyName(applicationId));
        key.current = submissionKey(applicationId);
      }
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <h2>
        {isCorrection
          ? t({ zh: '提交补正', en: 'Submit the correction' })
          : t({ zh: '提交申报', en: 'Submit the application' })}
      </h2>
      {awaited.length > 0 && (
        <div className="told warn">
          <p>
            {t({
              zh: `有 ${awaited.length} 个文件还在传送或检查。现在提交将不包含它们。`,
              en: `${awaited.length} files are still being sent or checked. Submitted now, it goes without them.`,
            })}
          </p>
        </div>
      )}
      {error !== undefined && <Failed error={error} />}
      <label className="choice">
        <input type="checkbox" checked={isDeclared} onChange={({ target }) => setDeclared(target.checked)} />
        <span>
          {t({
            zh: '本单位承诺以上内容和材料真实、合法、有效，并知悉虚假申报的法律责任。',
            en: 'Our organisation declares that all of this is true, lawful and valid, and knows what a false application means by law.',
          })}
        </span>
      </label>
      <div className="actions">
        <button
          type="button"
          className="first"
          disabled={!isDeclared || isBusy || isIncomplete}
          onClick={() => void submit()}
        >
          {isBusy ? t({ zh: '正在提交……', en: 'Submitting…' }) : t({ zh: '提交', en: 'Submit' })}
        </button>
        <span className="soft small">
          {isIncomplete
            ? t({ zh: '补全以上内容后才能提交。', en: 'It can be submitted once nothing is missing.' })
            : t({
                zh: `提交后不能再修改。现在是 ${time(new Date().toISOString(), language)}。`,
                en: `It cannot be changed afterwards. It is ${time(new Date().toISOString(), language)} now.`,
              })}
        </span>
      </div>
    </>
  );
}

const keyName = (applicationId: string) => `portal.submission.${applicationId}`;

/** One key for one attempt to submit, also after the page was loaded again: whatever the network did, it is submitted once. */
function submissionKey(applicationId: string): string {
  const kept = sessionStorage.getItem(keyName(applicationId));
  if (kept !== null) return kept;
  const made = crypto.randomUUID();
  sessionStorage.setItem(keyName(applicationId), made);
  return made;
}
