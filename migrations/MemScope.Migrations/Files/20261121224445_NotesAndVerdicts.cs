using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MemScope.Migrations.Files
{
    /// <inheritdoc />
    public partial class NotesAndVerdicts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "finding",
                columns: table => new
                {
                    process_id = table.Column<Guid>(type: "uuid", nullable: false),
                    ordinal = table.Column<int>(type: "integer", nullable: false),
                    rule = table.Column<string>(type: "text", nullable: false),
                    verdict = table.Column<string>(type: "text", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    category = table.Column<string>(type: "text", nullable: true),
                    title = table.Column<string>(type: "text", nullable: false),
                    summary = table.Column<string>(type: "text", nullable: false),
                    bytes_per_second = table.Column<double>(type: "double precision", nullable: true),
                    change_seq = table.Column<long>(type: "bigint", nullable: false),
                    computed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_finding", x => new { x.process_id, x.ordinal });
                    table.ForeignKey(
                        name: "FK_finding_process_process_id",
                        column: x => x.process_id,
                        principalTable: "process",
                        principalColumn: "process_id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "note",
                columns: table => new
                {
                    process_id = table.Column<Guid>(type: "uuid", nullable: false),
                    note_id = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    to_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    text = table.Column<string>(type: "text", nullable: false),
                    evidence = table.Column<string>(type: "jsonb", nullable: true),
                    author = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    edited_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_note", x => new { x.process_id, x.note_id });
                    table.ForeignKey(
                        name: "FK_note_process_process_id",
                        column: x => x.process_id,
                        principalTable: "process",
                        principalColumn: "process_id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "verdict",
                columns: table => new
                {
                    process_id = table.Column<Guid>(type: "uuid", nullable: false),
                    change_seq = table.Column<long>(type: "bigint", nullable: false),
                    analyzer = table.Column<string>(type: "text", nullable: false),
                    symbols = table.Column<string>(type: "text", nullable: false),
                    names_pending = table.Column<bool>(type: "boolean", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    inside_malloc_heap = table.Column<bool>(type: "boolean", nullable: true),
                    category = table.Column<string>(type: "text", nullable: true),
                    certainty = table.Column<string>(type: "text", nullable: true),
                    rule = table.Column<string>(type: "text", nullable: true),
                    summary = table.Column<string>(type: "text", nullable: false),
                    computed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_verdict", x => x.process_id);
                    table.ForeignKey(
                        name: "FK_verdict_process_process_id",
                        column: x => x.process_id,
                        principalTable: "process",
                        principalColumn: "process_id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_finding_rule_verdict",
                table: "finding",
                columns: new[] { "rule", "verdict" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "finding");

            migrationBuilder.DropTable(
                name: "note");

            migrationBuilder.DropTable(
                name: "verdict");
        }
    }
}
