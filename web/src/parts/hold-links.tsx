import { holdHref, type Offer, targetWord } from "../data/quarantine";
import { Icon } from "./icons";

/** Ways to the form that puts a token, its family or its subject under quarantine. */
export function HoldLinks({ offers }: { offers: Offer[] }) {
  if (offers.length === 0) return null;
  return (
    <p class="hold-links">
      <Icon name="quarantine" />
      Quarantine
      {offers.map(({ type, iss, id }) => (
        <a key={`${type} ${id}`} href={holdHref(type, iss, id)}>
          {type === "fingerprint" ? "this token" : `this ${targetWord(type)}`}
        </a>
      ))}
    </p>
  );
}
