//go:build !linux

package controlplane

import "syscall"

// attributes keep the terminal's Ctrl-C from the child, which has to be stopped
// in its turn. Only Linux can end it with this program, too.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
