import { useEffect, useRef, useState } from 'react';
import { ask } from '../data/api.ts';
import { useText } from '../data/language.tsx';
import { Failed } from '../design/parts.tsx';

const secondsBetween = 2;
/** A hundred megabytes take seconds; after minutes something has gone wrong, and asking again begins anew in time. */
const mostAsked = 300;

/** Takes what was submitted with all its documents, as one file that is made when it is asked for. */
export function Dossier({ applicationId }: { readonly applicationId: string }) {
  const t = useText();
  const [stage, setStage] = useState<'idle' | 'preparing' | 'late'>('idle');
  const [error, setError] = useState<unknown>();
  const left = useRef(false);
  useEffect(() => {
    left.current = false;
    return () => {
      left.current = true;
    };
  }, []);
  const take = async () => {
    setError(undefined);
    setStage('preparing');
    try {
      for (let asked = 0; asked < mostAsked && !left.current; asked++) {
        const { body } = await ask('POST /v1/applications/{applicationId}/dossier', {
          params: { applicationId },
        });
        if (body.url !== undefined) {
          // It is sent as a download, so the page stays.
          if (!left.current) window.location.assign(body.url);
          return setStage('idle');
        }
        await new Promise((resolve) => setTimeout(resolve, secondsBetween * 1000));
      }
      setStage('late');
    } catch (failure) {
      setStage('idle');
      setError(failure);
    }
  };
  return (
    <>
      <button type="button" disabled={stage === 'preparing'} onClick={() => void take()}>
        {t({ zh: '下载申报档案（含全部材料）', en: 'Download it with all documents (ZIP)' })}
      </button>
      <p role="status" className="soft small">
        {stage === 'preparing' &&
          t({
            zh: '正在生成档案，材料较多时需要几分钟；完成后自动下载。',
            en: 'It is being put together, which takes minutes when there is much. The download begins by itself.',
          })}
        {stage === 'late' &&
          t({
            zh: '档案仍未生成。请一刻钟后再试；仍不行请联系经办部门。',
            en: 'It is not ready yet. Try again in a quarter of an hour, and tell the department if it still fails.',
          })}
      </p>
      {error !== undefined && <Failed error={error} />}
    </>
  );
}
