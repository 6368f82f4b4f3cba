namespace MemScope.Agent.Sending;

/// <summary>What became of a request.</summary>
/// <param name="Accepted">Whether the server has stored it.</param>
/// <param name="Text">One line for a person: what was stored, or why it was not.</param>
/// <param name="Page">Address of the page, where the server named one.</param>
/// <param name="Attempts">How often it was sent.</param>
internal sealed record Delivery(bool Accepted, string Text, Uri? Page, int Attempts);
