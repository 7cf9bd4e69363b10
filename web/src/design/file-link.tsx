import { useState } from 'react';
import { ask, Problem } from '../data/api.ts';
import { useText } from '../data/language.tsx';
import type { DocumentView } from '../data/queries.ts';

const pictures = ['image/jpeg', 'image/png'];

/** The name of a document, which opens its file: a picture here, anything else as a download. */
export function FileLink({
  document: { documentId, fileName, contentType, status },
  applicationId,
}: {
  readonly document: Pick<DocumentView, 'documentId' | 'fileName' | 'contentType' | 'status'>;
  readonly applicationId: string;
}) {
  const t = useText();
  const [shown, setShown] = useState<string>();
  const [error, setError] = useState<unknown>();
  if (status !== 'accepted' && status !== 'superseded') return fileName;
  const isPicture = pictures.includes(contentType);
  const open = async () => {
    if (shown !== undefined) return setShown(undefined);
    setError(undefined);
    try {
      const { body } = await ask('GET /v1/applications/{applicationId}/documents/{documentId}/link', {
        params: { applicationId, documentId },
      });
      if (isPicture) setShown(body.url);
      // It comes as a download under its own name, and this page stays.
      else location.assign(body.url);
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <>
      <button
        type="button"
        className="plain"
        {...(isPicture && { 'aria-expanded': shown !== undefined })}
        onClick={() => void open()}
      >
        <span className="unseen">
          {isPicture ? t({ zh: '预览 ', en: 'Show ' }) : t({ zh: '下载 ', en: 'Download ' })}
        </span>
        {fileName}
      </button>
      {error !== undefined && (
        <span className="wrong" role="alert">
          {error instanceof Problem
            ? t(error.said)
            : t({ zh: '打不开，请稍后再试', en: 'It cannot be opened now' })}
        </span>
      )}
      {shown !== undefined && <img className="preview" src={shown} alt={fileName} />}
    </>
  );
}
