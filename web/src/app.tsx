import { useEffect } from "preact/hooks";

import { loadSession, login, session } from "./data/api";
import { connect, disconnect } from "./data/live";
import { forget } from "./data/query";
import { route, takeLoginCode } from "./data/router";
import { useStore } from "./data/store";
import { AlertPage } from "./pages/alert";
import { AlertsPage } from "./pages/alerts";
import { HealthPage } from "./pages/health";
import { OverviewPage } from "./pages/overview";
import { QuarantinePage } from "./pages/quarantine";
import { RulesPage } from "./pages/rules";
import { SearchPage } from "./pages/search";
import { SignedOutPage, UnreachablePage } from "./pages/signed-out";
import { Heading } from "./parts/page";
import { Shell } from "./parts/shell";
import { Skeleton } from "./parts/states";

export function App() {
  const state = useStore(session);
  useEffect(enter, []);
  useEffect(() => {
    if (state.status !== "in") return undefined;
    connect();
    return () => {
      disconnect();
      forget();
    };
  }, [state.status]);

  if (state.status === "loading") return <Skeleton label="Signing in" />;
  if (state.status === "out") return <SignedOutPage problem={state.problem} />;
  if (state.status === "unreachable") return <UnreachablePage problem={state.problem} />;
  return (
    <Shell session={state.session}>
      <Page />
    </Shell>
  );
}

function Page() {
  const { parts } = useStore(route);
  const [page, id] = parts;
  if (page === undefined) return <OverviewPage />;
  if (page === "alerts") return id === undefined ? <AlertsPage /> : <AlertPage key={id} id={id} />;
  if (page === "quarantine") return <QuarantinePage />;
  if (page === "search") return <SearchPage />;
  if (page === "rules") return <RulesPage />;
  if (page === "health") return <HealthPage />;
  return (
    <>
      <Heading title="There is no such page" />
      <p>
        <a href="#/">Go to the overview</a>
      </p>
    </>
  );
}

function enter(): () => void {
  const useLink = (): boolean => {
    const code = takeLoginCode();
    if (code !== null) void login(code);
    return code !== null;
  };
  if (!useLink()) void loadSession();
  // A link pasted into this tab changes the fragment without loading the page.
  const pasted = (): void => void useLink();
  addEventListener("hashchange", pasted);
  return () => removeEventListener("hashchange", pasted);
}
