import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { ask } from '../data/api.ts';
import { forgetForm, formKey } from '../data/drafts.ts';
import { useText } from '../data/language.tsx';
import type { ApplicationView } from '../data/queries.ts';
import { useSession } from '../data/session.tsx';
import { Failed } from '../design/parts.tsx';

/** Deletes a draft with its documents, on the server and on this device. */
export function Deletion({
  application: { applicationId, status, version },
}: {
  readonly application: ApplicationView;
}) {
  const t = useText();
  const { person } = useSession();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [isAsked, setAsked] = useState(false);
  const [error, setError] = useState<unknown>();
  if (status !== 'draft') return null;
  const remove = async () => {
    setError(undefined);
    try {
      await ask('DELETE /v1/applications/{applicationId}', {
        params: { applicationId },
        headers: { 'if-match': `"${version}"` },
      });
      if (person) await forgetForm(formKey(person.id, applicationId));
      await navigate({ to: '/applications' });
      queries.removeQueries({ queryKey: ['application', applicationId] });
      await queries.invalidateQueries({ queryKey: ['applications'] });
    } catch (failure) {
      setError(failure);
      setAsked(false);
      // It may have been changed or submitted meanwhile: what is shown next is what there is.
      await queries.invalidateQueries({ queryKey: ['application', applicationId] });
    }
  };
  return (
    <section className="screen">
      <h2>{t({ zh: '删除草稿', en: 'Delete the draft' })}</h2>
      {error !== undefined && <Failed error={error} />}
      {isAsked ? (
        <>
          <p>
            {t({
              zh: '填写的内容和已上传的材料都会删除，不可恢复；同事也不能再看到。',
              en: 'What was filled in and the documents are deleted for good, for your colleagues too.',
            })}
          </p>
          <div className="actions">
            <button type="button" className="danger" onClick={() => void remove()}>
              {t({ zh: '确认删除', en: 'Delete it for good' })}
            </button>
            <button type="button" onClick={() => setAsked(false)}>
              {t({ zh: '不删除', en: 'Keep it' })}
            </button>
          </div>
        </>
      ) : (
        <button type="button" className="danger" onClick={() => setAsked(true)}>
          {t({ zh: '删除草稿', en: 'Delete the draft' })}
        </button>
      )}
    </section>
  );
}
