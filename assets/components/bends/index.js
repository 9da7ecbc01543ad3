// @ts-check
import { mounted } from "../kit/mount.js";
import { Bends } from "./bends.js";

export default mounted(Bends, { selector: ".drag", trigger: "commit" });
