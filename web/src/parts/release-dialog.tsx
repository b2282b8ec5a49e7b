import { useState } from "preact/hooks";

import { messageOf } from "../data/api";
import { type Entry, release, targetId, targetWord } from "../data/quarantine";
import { Dialog } from "./dialog";
import { Problem } from "./states";
import { Text } from "./text";

/** Asks before an entry is taken off the list. */
export function ReleaseDialog({
  entry,
  close,
  done,
}: {
  entry: Entry;
  close: () => void;
  done: (said: string) => void;
}) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const word = targetWord(entry.target.type);
  const go = async (): Promise<void> => {
    setBusy(true);
    try {
      await release(entry.id);
      done(`Released ${word} ${targetId(entry.target)}`);
      close();
    } catch (error) {
      setProblem(messageOf(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={`Release this ${word}?`} close={close}>
      <p>
        <span class="id">
          <Text value={targetId(entry.target)} />
        </span>
      </p>
      <p>Services take it again from their next request on, if nothing else speaks against it. The release is on record.</p>
      {problem !== null && <Problem text={problem} />}
      <div class="dialog-end">
        <button type="button" class="button" onClick={close}>
          Keep it held
        </button>
        <button type="button" class="button button-main" disabled={busy} onClick={() => void go()}>
          Release
        </button>
      </div>
    </Dialog>
  );
}
