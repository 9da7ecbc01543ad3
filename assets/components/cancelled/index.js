// @ts-check
import { mounted } from "../kit/mount.js";
import { Cancelled } from "./cancelled.js";

export default mounted(Cancelled, { selector: ".drag", trigger: "commit" });
