import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Conflict } from '../design/conflicting.tsx';
import type { ServerState } from '../design/saved-line.tsx';
import { type Answered, ask, Offline, Problem } from './api.ts';
import { type FormFault, type Sendable, sendable, type Typed, typedOf } from './form.ts';
import { type ApplicationView, application as applicationQuery, type OpenItem } from './queries.ts';

/** How long nobody has to type before a form goes to the server, in milliseconds. */
const pause = 1200;

interface DraftParts {
  readonly application: ApplicationView;
  readonly item: OpenItem;
  readonly first: string;
  readonly typed: Typed;
  /** Whether what this device keeps was looked for. */
  readonly isReady: boolean;
  /** Changes when somebody logs in again. */
  readonly isExpired: boolean;
}

interface ServerDraft {
  readonly etag: string;
  readonly server: ServerState;
  /** Whether the server has all that is typed, but what it would not take. */
  readonly isSaved: boolean;
  /** Fields that the server has not got as they are typed: they are on this device alone. */
  readonly leftOut: readonly string[];
  /** What is missing or wrong, as this page and the server say. */
  readonly faults: readonly FormFault[];
  readonly failure: unknown;
  readonly conflict: Conflict | undefined;
  readonly meet: (conflict: Conflict) => void;
  readonly save: () => Promise<boolean>;
  /** Goes on from the server's version: with what is typed, or with what stands there. */
  readonly settle: (keep: 'mine' | 'theirs') => void;
}

/**
 * A draft that saves itself on the server, as far as the server takes it: a field that is typed wrongly holds up no other one.
 * Under If-Match nothing that a colleague or another tab has saved is overwritten unseen.
 */
export function useServerDraft(parts: DraftParts): ServerDraft {
  const { application, item, first, typed, isReady, isExpired } = parts;
  const { applicationId, content } = application;
  const queries = useQueryClient();
  const [etag, setEtag] = useState(first);
  const [server, setServer] = useState<ServerState>('none');
  const [refused, setRefused] = useState<readonly FormFault[]>([]);
  const [failure, setFailure] = useState<unknown>();
  const [conflict, setConflict] = useState<Conflict>();
  const { faults, leftOut } = sendable(typed, item, content.enterprise);
  // What a save in the background works with, whatever was typed since it was planned.
  const state = useRef({
    ...{ typed, etag, sent: JSON.stringify(typedOf(content, item.facts)) },
    last: Promise.resolve(true),
  });
  Object.assign(state.current, { typed });

  const saveNow = useCallback(async (): Promise<boolean> => {
    const now = state.current;
    const asTyped = JSON.stringify(now.typed);
    if (asTyped === now.sent) return true;
    setServer('saving');
    try {
      const put = ({ body }: Sendable) =>
        ask('PUT /v1/applications/{applicationId}', {
          params: { applicationId },
          headers: { 'if-match': now.etag },
          // Its facts are of the guide's kinds, which the API checks again.
          body: body as never,
        });
      const { answered, told } = await putWithoutFaulty(now.typed, put, (form) =>
        sendable(form, item, content.enterprise),
      );
      now.sent = asTyped;
      now.etag = answered.etag ?? now.etag;
      setEtag(now.etag);
      setRefused(told);
      setFailure(undefined);
      setServer({ savedAt: new Date() });
      queries.setQueryData(
        applicationQuery(applicationId).queryKey,
        (before) => before && { ...before, ...answered },
      );
      return true;
    } catch (error) {
      if (error instanceof Offline) setServer({ waits: 'offline' });
      else if (error instanceof Problem && error.status === 401) setServer({ waits: 'login' });
      else if (error instanceof Problem && error.code === 'version-mismatch') {
        setServer({ waits: 'refused' });
        const current = await ask('GET /v1/applications/{applicationId}', {
          params: { applicationId },
        }).catch(() => undefined);
        if (current) {
          setConflict({ theirs: typedOf(current.body.content, item.facts), etag: current.etag ?? '' });
        }
      } else {
        setServer({ waits: error instanceof Problem && error.status < 500 ? 'refused' : 'offline' });
        setFailure(error);
        if (error instanceof Problem) setRefused(faultsOf(error));
      }
      return false;
    }
  }, [applicationId, content.enterprise, item, queries]);
  // One after the other: each is based on the version that the one before has made.
  const save = useCallback((): Promise<boolean> => {
    state.current.last = state.current.last.then(saveNow);
    return state.current.last;
  }, [saveNow]);

  const asTyped = JSON.stringify(typed);
  const isSaved = asTyped === state.current.sent;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is typed plans the save
  useEffect(() => {
    if (!isReady || conflict || isSaved) return;
    const timer = setTimeout(() => void save(), pause);
    return () => clearTimeout(timer);
  }, [asTyped, isReady, conflict, isExpired, etag, save]);
  // What waits for the network goes when it is back, or is tried again after a while.
  const isWaiting = typeof server === 'object' && 'waits' in server && server.waits === 'offline';
  useEffect(() => {
    if (!isWaiting) return;
    const again = () => void save();
    window.addEventListener('online', again);
    const timer = setInterval(again, 5000);
    return () => {
      window.removeEventListener('online', again);
      clearInterval(timer);
    };
  }, [isWaiting, save]);

  const settle = (keep: 'mine' | 'theirs') => {
    if (!conflict) return;
    state.current.etag = conflict.etag;
    setEtag(conflict.etag);
    setConflict(undefined);
    if (keep === 'mine') return void save();
    state.current.sent = JSON.stringify(conflict.theirs);
    setServer('none');
  };
  return {
    ...{ etag, server, isSaved, failure, conflict, meet: setConflict, save, settle },
    leftOut: [...new Set([...leftOut, ...refused.map(({ field }) => field)])],
    faults: [...faults, ...refused],
  };
}

/** Sends a form; what the server would not take of it, it sends again without, and says what that was. */
async function putWithoutFaulty<A extends Answered<'PUT /v1/applications/{applicationId}'>>(
  typed: Typed,
  put: (sent: Sendable) => Promise<A>,
  sendableOf: (typed: Typed) => Sendable,
): Promise<{ readonly answered: A; readonly told: readonly FormFault[] }> {
  try {
    return { answered: await put(sendableOf(typed)), told: [] };
  } catch (error) {
    const told = error instanceof Problem && error.status === 400 ? faultsOf(error) : [];
    const empty = Object.fromEntries(told.map(({ field }) => [field, '']));
    if (told.length === 0 || told.some(({ field }) => !(typed[field] ?? ''))) throw error;
    return { answered: await put(sendableOf({ ...typed, ...empty })), told };
  }
}

/** What a server's faults are about, by the fields of the form. */
export function faultsOf({ faults }: Problem): FormFault[] {
  return faults.map(({ path, messages }) => ({
    field: path.replace(/^enterprise\./, '').replace(/^(facts\.\w+)\..*/, '$1'),
    message: messages,
  }));
}
