;; Never returns.
(module (func (export "quote") (result i32) (loop $forever (br $forever)) (unreachable)))
