import { loadSession } from "../data/api";
import { Icon } from "../parts/icons";

export function SignedOutPage({ problem }: { problem: string | undefined }) {
  document.title = "Signed out · jwtrail";
  return (
    <main class="door">
      <p class="brand">
        <Icon name="logo" />
        jwtrail
      </p>
      <h1>You are signed out</h1>
      {problem !== undefined && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <p>Open a login link to come in. Each works once, and for an hour.</p>
      <ol>
        <li>
          <code>jwtrail serve</code> prints one when it starts, after the word <code>login:</code>
        </li>
        <li>
          For another, send it SIGUSR1 (<code>kill -USR1</code> and its process's number), or start
          it again: events and alerts are kept.
        </li>
      </ol>
    </main>
  );
}

export function UnreachablePage({ problem }: { problem: string }) {
  document.title = "No answer · jwtrail";
  return (
    <main class="door">
      <p class="brand">
        <Icon name="logo" />
        jwtrail
      </p>
      <h1>The monitor could not be reached</h1>
      <p class="problem" role="alert">
        {problem}
      </p>
      <button type="button" class="button button-main" onClick={() => void loadSession()}>
        Try again
      </button>
    </main>
  );
}
