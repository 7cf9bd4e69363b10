import './design/portal.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Problem } from './data/api.ts';
import { LanguageProvider } from './data/language.tsx';
import { resume, SessionProvider } from './data/session.tsx';
import { createPortalRouter } from './router.tsx';

async function start(): Promise<void> {
  const returned = await resume();
  // The browser is on its way to the issuer, or this window closes.
  if (!returned) return;
  history.replaceState(null, '', returned.to);
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        // What the API has refused it refuses again; a network may come back.
        retry: (count, error) => !(error instanceof Problem && error.status < 500) && count < 2,
      },
    },
  });
  const root = document.getElementById('portal');
  if (!root) throw new Error('the page has no place for the portal');
  createRoot(root).render(
    <StrictMode>
      <LanguageProvider>
        <SessionProvider returned={returned}>
          <QueryClientProvider client={queries}>
            <RouterProvider router={createPortalRouter()} />
          </QueryClientProvider>
        </SessionProvider>
      </LanguageProvider>
    </StrictMode>,
  );
}

void start();
