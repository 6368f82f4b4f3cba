namespace MemScope.Core.Formats.Strace;

/// <summary>A successful clone, fork or vfork: what tells threads from processes.</summary>
/// <param name="BeforeEvent">Number of events in front of the call's beginning.</param>
/// <param name="TimeNs">Its beginning in the trace's clock.</param>
/// <param name="Parent">Calling thread, 0 where it is not printed.</param>
/// <param name="Child">Thread id of the child.</param>
/// <param name="CloneFlags">CLONE_VM and CLONE_THREAD; 0 for fork.</param>
internal readonly record struct ThreadBirth(int BeforeEvent, long TimeNs, int Parent, int Child, ulong CloneFlags);
