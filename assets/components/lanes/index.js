// @ts-check
import { mounted } from "../kit/mount.js";
import { Lanes } from "./lanes.js";

export default mounted(Lanes, { selector: ".lanes" });
