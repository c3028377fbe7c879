package controlplane

import "syscall"

// attributes keep the terminal's Ctrl-C from the child, which has to be stopped
// in its turn, and end it with this program, however that ends.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
