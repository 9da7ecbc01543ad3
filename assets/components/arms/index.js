// @ts-check
import { mounted } from "../kit/mount.js";
import { Bars } from "../light/bars.js";

export default mounted(Bars, { selector: ".drag", trigger: "commit" });
