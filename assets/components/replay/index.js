// @ts-check
import { mounted } from "../kit/mount.js";
import { Replay } from "./replay.js";

export default mounted(Replay, { state: "place" });
