import { useCallback, useEffect, useRef, useState } from 'react';
import { forgetForm, formKey, keepForm, keptForm } from './drafts.ts';
import type { Typed } from './form.ts';

/** How long nobody has to type before a form is kept on the device, in milliseconds. */
const pause = 250;

interface KeptFormState {
  readonly typed: Typed;
  readonly type: (field: string, text: string) => void;
  /** Takes other values in the place of what is typed. */
  readonly replace: (typed: Typed) => void;
  /** Since when the device keeps what is typed; `'nowhere'` where the browser keeps nothing. */
  readonly keptAt: Date | 'nowhere' | undefined;
  /** Forgets what the device keeps: the server has it. */
  readonly forget: () => Promise<void>;
  /** The entity tag that what the device kept was begun from; `undefined` when it kept nothing. */
  readonly found: { readonly basis: string | undefined; readonly at: string } | undefined;
  /** Keeps what is typed as begun from a version of the server, which has it but for what it would not take. */
  readonly keepAgain: (basis: string) => Promise<void>;
  readonly isReady: boolean;
}

/**
 * A form whose every keystroke is kept on this device, for one person: a closed browser, a session that ends or a network that
 * is gone loses nothing.
 * @param form name of the form, e.g. of an application
 * @param first values where the device keeps none
 * @param basis entity tag that the values come from; none where there is nothing on the server
 */
export function useKeptForm(
  person: string,
  form: string,
  first: Typed,
  basis: string | undefined,
): KeptFormState {
  const key = formKey(person, form);
  const [typed, setTyped] = useState(first);
  const [keptAt, setKeptAt] = useState<Date | 'nowhere'>();
  const [found, setFound] = useState<KeptFormState['found']>();
  const [isReady, setReady] = useState(false);
  const latest = useRef({ typed, basis, isDirty: false });
  latest.current.basis = basis;

  // biome-ignore lint/correctness/useExhaustiveDependencies: what the device keeps is looked for once for each form
  useEffect(() => {
    let isGone = false;
    void keptForm(key).then((kept) => {
      if (isGone) return;
      if (kept) {
        const values = { ...first, ...(kept.values as Typed) };
        latest.current.typed = values;
        setTyped(values);
        setFound({ basis: kept.basis, at: kept.at });
        setKeptAt(new Date(kept.at));
      }
      setReady(true);
    });
    return () => {
      isGone = true;
    };
  }, [key]);

  const keep = useCallback(async () => {
    if (!latest.current.isDirty) return;
    latest.current.isDirty = false;
    const at = new Date();
    const { typed: values, basis: begun } = latest.current;
    const isKept = await keepForm({ key, person, values, basis: begun, at: at.toISOString() });
    setKeptAt(isKept ? at : 'nowhere');
  }, [key, person]);

  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const type = useCallback(
    (field: string, text: string) => {
      latest.current.typed = { ...latest.current.typed, [field]: text };
      latest.current.isDirty = true;
      setTyped(latest.current.typed);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void keep(), pause);
    },
    [keep],
  );

  // A page that is hidden may never be shown again.
  useEffect(() => {
    const onHide = () => void keep();
    document.addEventListener('visibilitychange', onHide);
    window.addEventListener('pagehide', onHide);
    return () => {
      document.removeEventListener('visibilitychange', onHide);
      window.removeEventListener('pagehide', onHide);
      void keep();
    };
  }, [keep]);

  const replace = useCallback((values: Typed) => {
    latest.current.typed = values;
    latest.current.isDirty = false;
    setTyped(values);
  }, []);
  const keepAgain = useCallback(
    (begun: string) => {
      Object.assign(latest.current, { basis: begun, isDirty: true });
      return keep();
    },
    [keep],
  );
  const forget = useCallback(async () => {
    clearTimeout(timer.current);
    latest.current.isDirty = false;
    await forgetForm(key);
    setKeptAt(undefined);
    setFound(undefined);
  }, [key]);
  return { typed, type, replace, keptAt, forget, keepAgain, found, isReady };
}
